/** A preference kept by the browser; `fallback` where there is none, it is not one of `allowed`, or storage is refused. */
export function readStored<T extends string>(key: string, allowed: readonly T[], fallback: T): T {
  try {
    const value = window.localStorage.getItem(`rabta.${key}`)
    return allowed.find((one) => one === value) ?? fallback
  } catch {
    return fallback
  }
}

export function writeStored(key: string, value: string): void {
  try {
    window.localStorage.setItem(`rabta.${key}`, value)
  } catch {
    // A browser that refuses storage forgets the preference at the next visit; nothing else is lost.
  }
}
