import { randomBytes } from 'node:crypto'
import { CENTRAL } from '../channels/sms/numbers.js'
import type { Clock } from '../runtime/clock.js'
import { packagePath } from '../runtime/package-root.js'
import type { Unit } from '../schemas/case.js'
import { playStory } from '../simulators/player.js'
import { loadStory, STORY_SEARCH } from '../simulators/story/story.js'
import { startFacebookSimulator } from '../simulators/facebook.js'
import { startNewsSimulator } from '../simulators/news.js'
import { startSmsGateways } from '../simulators/sms-gateways.js'
import { startWhatsAppSimulator } from '../simulators/whatsapp.js'
import { startXSimulator } from '../simulators/x.js'
import type { Config } from './config.js'

const PHONE_NUMBER_ID = '100000000000002'
const POLL_SECONDS = 2
const FACEBOOK_POLL_SECONDS = 15
/** Polling every two seconds would meet X's own limit. */
const PLENTY = { app: 5000, user: 5000 }

/** What settings may hold of real platforms and the simulators do not take the place of. */
const NO_OTHERS = {
  xAccounts: new Map<string, string>(),
  xAccountTokens: new Map<string, never>(),
  xStream: 'off',
  smsSendBy: 'first',
  smsTwilioAccountSid: '',
  smsTwilioAuthToken: '',
  smsAndroidBaseUrl: '',
  smsAndroidUsername: '',
  smsAndroidPassword: '',
  smsAndroidSigningKey: '',
  smsSmppBaseUrl: '',
  smsSmppSystemId: '',
  smsSmppPassword: '',
} as const satisfies Partial<Config>

export interface Demonstration {
  /** The settings with the simulators in place of the platforms. */
  readonly config: Config
  /** Plays the story against the desk at `deskUrl` until the signal aborts. */
  play(deskUrl: string, signal: AbortSignal): Promise<void>
  close(): Promise<void>
}

export interface DemonstrationParts {
  readonly units: readonly Unit[]
  readonly clock: Clock
}

/** WhatsApp numbers nobody has, for units that settings give none. */
export function inventedNumbers(units: readonly Unit[]): ReadonlyMap<string, string> {
  return new Map(units.map((unit, index) => [unit.id, `9230000009${String(index).padStart(2, '0')}`]))
}

/** Numbers nobody has for the offices people write SMS to: each district, each region, and the central one. */
function inventedOfficeNumbers(units: readonly Unit[]): (readonly [unit: string, number: string])[] {
  const offices = units.filter(({ kind }) => kind === 'district' || kind === 'region').map(({ id }) => id)
  return [...offices, CENTRAL].map((unit, index) => [unit, `9230000008${String(index).padStart(2, '0')}`] as const)
}

const made = () => randomBytes(16).toString('hex')

/** Simulators of the platforms on loopback, with keys made up for this run. */
export async function startDemonstration(config: Config, { units, clock }: DemonstrationParts): Promise<Demonstration> {
  const unitNumbers = new Map([...inventedNumbers(units), ...config.unitNumbers])
  const officeNumbers = new Map([...inventedOfficeNumbers(units), ...config.smsNumbers])
  const x = await openX(clock)
  const facebook = await openFacebook(clock)
  const whatsapp = await openWhatsApp(clock, [...unitNumbers.values()])
  const sms = await openSms(clock)
  const news = await startNewsSimulator({ clock })
  const host = config.host.includes(':') ? `[${config.host}]` : config.host
  return {
    config: {
      ...config,
      ...NO_OTHERS,
      ...x.settings,
      ...facebook.settings,
      ...whatsapp.settings,
      ...sms.settings,
      // Where gateways send their receipts; with a port that the system chooses they get no address, and send none.
      publicUrl: config.publicUrl === '' && config.port !== 0 ? `http://${host}:${config.port}` : config.publicUrl,
      unitNumbers,
      smsNumbers: [...officeNumbers],
      newsFeeds: news.feeds,
      newsOpml: '',
    },
    play: async (deskUrl, signal) => {
      await whatsapp.simulator.connect(`${deskUrl}/hooks/whatsapp`)
      await facebook.simulator.connect(`${deskUrl}/hooks/facebook`)
      sms.simulator.connect(deskUrl)
      await playStory({
        x: x.simulator,
        facebook: facebook.simulator,
        whatsapp: whatsapp.simulator,
        sms: ({ from, unit, text }) =>
          sms.simulator.receive({ gateway: 'kannel', from, to: officeNumbers.get(unit) ?? '', text }),
        news,
        story: loadStory(packagePath('simulators/story')),
        clock,
        signal,
        seed: clock.now() % 100_000,
        speed: 180 / config.demoSeconds,
      })
    },
    close: async () => {
      const all = [x.simulator, facebook.simulator, whatsapp.simulator, sms.simulator, news]
      await Promise.all(all.map((simulator) => simulator.close()))
    },
  }
}

async function openX(clock: Clock) {
  const [xBearerToken, xAccessToken, xApiSecret] = [made(), made(), made()]
  const simulator = await startXSimulator({
    clock,
    appToken: xBearerToken,
    userToken: xAccessToken,
    consumerKey: 'demo',
    consumerSecret: xApiSecret,
    limits: { mentions: PLENTY, search: PLENTY },
  })
  return {
    simulator,
    settings: {
      xBaseUrl: simulator.url,
      xBearerToken,
      xUserId: simulator.account.id,
      xHandle: simulator.account.username,
      xSearchQuery: STORY_SEARCH,
      xPollSeconds: POLL_SECONDS,
      xApiKey: 'demo',
      xApiSecret,
      xAccessToken,
      xAccessSecret: 'demo',
    },
  }
}

async function openFacebook(clock: Clock) {
  const [facebookAppSecret, facebookVerifyToken, facebookPageToken] = [made(), made(), made()]
  const simulator = await startFacebookSimulator({
    clock,
    appSecret: facebookAppSecret,
    verifyToken: facebookVerifyToken,
    pageToken: facebookPageToken,
  })
  return {
    simulator,
    settings: {
      facebookBaseUrl: simulator.url,
      facebookPageId: simulator.pageId,
      facebookPollSeconds: FACEBOOK_POLL_SECONDS,
      facebookAppSecret,
      facebookVerifyToken,
      facebookPageToken,
    },
  }
}

async function openWhatsApp(clock: Clock, openWindow: readonly string[]) {
  const [whatsappAppSecret, whatsappVerifyToken, whatsappAccessToken] = [made(), made(), made()]
  const simulator = await startWhatsAppSimulator({
    clock,
    appSecret: whatsappAppSecret,
    verifyToken: whatsappVerifyToken,
    accessToken: whatsappAccessToken,
    phoneNumberId: PHONE_NUMBER_ID,
    openWindow,
  })
  return {
    simulator,
    settings: {
      whatsappBaseUrl: simulator.url,
      whatsappPhoneNumberId: PHONE_NUMBER_ID,
      whatsappAppSecret,
      whatsappVerifyToken,
      whatsappAccessToken,
    },
  }
}

async function openSms(clock: Clock) {
  const kannel = { username: 'demo', password: made(), secret: made() }
  const simulator = await startSmsGateways({
    clock,
    kannel,
    twilio: { accountSid: 'demo', authToken: made() },
    android: { username: 'demo', password: made(), signingKey: made() },
  })
  return {
    simulator,
    settings: {
      smsKannelBaseUrl: simulator.url,
      smsKannelUsername: kannel.username,
      smsKannelPassword: kannel.password,
      smsKannelSecret: kannel.secret,
    },
  }
}
