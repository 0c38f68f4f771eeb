/** The same keys, each with words of its own. */
export type Shape<T> = { [K in keyof T]: T[K] extends string ? string : Shape<T[K]> }
