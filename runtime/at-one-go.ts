/** What a piece-by-piece load comes to, without a pause between the pieces. */
export function atOneGo<Made>(loading: Generator<void, Made, void>): Made {
  for (;;) {
    const { done, value } = loading.next()
    if (done === true) return value
  }
}
