import { ConfigMistakes, readConfig } from '../config.js'
import { EXIT } from '../exit-codes.js'

/** Says all mistakes at once, or what the settings come to; never a secret. */
export function checkConfig(output: NodeJS.WritableStream, errors: NodeJS.WritableStream): number {
  try {
    const { sources, host, port, data, demonstration } = readConfig()
    output.write(
      `the settings are right: ${demonstration ? 'a demonstration' : `sources ${sources.join(', ')}`}, data in ${data}, desk at ${host}:${port}\n`,
    )
    return EXIT.done
  } catch (error) {
    if (!(error instanceof ConfigMistakes)) throw error
    errors.write(`${error.message}\n`)
    return EXIT.usage
  }
}
