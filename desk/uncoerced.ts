import type { TSchema } from '@sinclair/typebox'
import { TypeCompiler } from '@sinclair/typebox/compiler'

const SHOWN_ERRORS = 20

/**
 * Checks what comes against its schema and changes nothing of it. The validator of all other routes makes of `null` an empty string or `false` where
 * that fits: not for a route on which `null` says something of its own.
 */
export function uncoerced({ schema }: { schema: unknown }) {
  const check = TypeCompiler.Compile(schema as TSchema)
  return (data: unknown) => {
    if (check.Check(data)) return { value: data }
    const validation = [...check.Errors(data)]
      .slice(0, SHOWN_ERRORS)
      .map(({ path, message }) => ({ instancePath: path, message }))
    return { error: Object.assign(new Error('the request does not fit its schema'), { validation }) }
  }
}
