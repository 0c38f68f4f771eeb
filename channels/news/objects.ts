import { fields, list, type Fields } from '../fields.js'

/** The objects among what should be a list of them. */
export function objects(value: unknown): Fields[] {
  return list(value).flatMap((item) => {
    const object = fields(item)
    return object === undefined ? [] : [object]
  })
}
