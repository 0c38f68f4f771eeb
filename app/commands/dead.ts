import { EXIT } from '../exit-codes.js'
import type { Operations } from '../operations.js'

const PAGE = 200

/** One JSON a line, without the payload: that may hold a citizen's words, and is asked for with `--payload`. */
export async function deadList(
  operations: Operations,
  output: NodeJS.WritableStream,
  options: { payload: boolean },
): Promise<number> {
  for (let offset = 0; ; offset += PAGE) {
    const { items, total } = await operations.deadLetters({ limit: PAGE, offset })
    for (const { value, ...letter } of items)
      output.write(`${JSON.stringify(options.payload ? { ...letter, value } : letter)}\n`)
    if (offset + PAGE >= total) return EXIT.done
  }
}

export async function deadReplay(
  operations: Operations,
  output: NodeJS.WritableStream,
  ids: readonly string[],
): Promise<number> {
  const { replayed, failed } = await operations.replayDead(ids.length === 0 ? undefined : ids)
  output.write(`${replayed} put back where they came from\n`)
  for (const { id, detail } of failed) output.write(`${id}: ${detail}\n`)
  return failed.length === 0 ? EXIT.done : EXIT.failed
}
