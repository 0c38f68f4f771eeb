import { randomBytes } from 'node:crypto'
import type { Clock } from '../runtime/clock.js'
import { packagePath } from '../runtime/package-root.js'
import type { Unit } from '../schemas/case.js'
import { playStory } from '../simulators/player.js'
import { loadStory, STORY_SEARCH } from '../simulators/story/story.js'
import { startWhatsAppSimulator } from '../simulators/whatsapp.js'
import { startXSimulator } from '../simulators/x.js'
import type { Config } from './config.js'

const PHONE_NUMBER_ID = '100000000000002'
const POLL_SECONDS = 2
/** Polling every two seconds would meet X's own limit. */
const PLENTY = { app: 5000, user: 5000 }

export interface Demonstration {
  /** The settings with the simulators in place of the platforms. */
  readonly config: Config
  /** Plays the story against the desk at `deskUrl` until the signal aborts. */
  play(deskUrl: string, signal: AbortSignal): Promise<void>
  close(): Promise<void>
}

/** Numbers nobody has, for units that settings give none. */
export function inventedNumbers(units: readonly Unit[]): ReadonlyMap<string, string> {
  return new Map(units.map((unit, index) => [unit.id, `9230000009${String(index).padStart(2, '0')}`]))
}

/** Simulators of the platforms on loopback, with keys made up for this run. */
export async function startDemonstration(config: Config, units: readonly Unit[], clock: Clock): Promise<Demonstration> {
  const made = () => randomBytes(16).toString('hex')
  const [appSecret, verifyToken, accessToken, bearer, userToken] = [made(), made(), made(), made(), made()]
  const unitNumbers = new Map([...inventedNumbers(units), ...config.unitNumbers])
  const x = await startXSimulator({
    clock,
    appToken: bearer,
    userToken,
    consumerKey: 'demo',
    limits: { mentions: PLENTY, search: PLENTY },
  })
  const whatsapp = await startWhatsAppSimulator({
    clock,
    appSecret,
    verifyToken,
    accessToken,
    phoneNumberId: PHONE_NUMBER_ID,
    openWindow: [...unitNumbers.values()],
  })
  return {
    config: {
      ...config,
      unitNumbers,
      xBaseUrl: x.url,
      xBearerToken: bearer,
      xUserId: x.account.id,
      xSearchQuery: STORY_SEARCH,
      xPollSeconds: POLL_SECONDS,
      xApiKey: 'demo',
      xApiSecret: 'demo',
      xAccessToken: userToken,
      xAccessSecret: 'demo',
      whatsappBaseUrl: whatsapp.url,
      whatsappPhoneNumberId: PHONE_NUMBER_ID,
      whatsappAccessToken: accessToken,
      whatsappAppSecret: appSecret,
      whatsappVerifyToken: verifyToken,
    },
    play: async (deskUrl, signal) => {
      await whatsapp.connect(`${deskUrl}/hooks/whatsapp`)
      const story = loadStory(packagePath('simulators/story'))
      await playStory({
        x,
        whatsapp,
        story,
        clock,
        signal,
        seed: clock.now() % 100_000,
        speed: 180 / config.demoSeconds,
      })
    },
    close: async () => {
      await Promise.all([x.close(), whatsapp.close()])
    },
  }
}
