import { systemClock } from '../../runtime/clock.js'
import { startWhatsAppSimulator, type WhatsAppSimulator } from '../../simulators/whatsapp.js'
import { startXSimulator, type XSimulator } from '../../simulators/x.js'

export const SEARCH = 'kppolicechaos'

/** mulberry32: the same numbers for the same seed, everywhere. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** Districts with a threatening message each, so different from one another that no two are one event. */
const DANGERS = [
  'پشاور حیات آباد میں بھتہ کی کال آئی ہے، پچاس لاکھ مانگ رہے ہیں ورنہ دکان بم سے اڑا دیں گے',
  'Mardan bypass par abhi firing ho rahi hai, do log zakhmi hain, jaldi police bhejain',
  'swat mingora green chowk mein lawaris bag para hai, log dar rahe hain, bomb disposal bhejen',
  'In Kohat city a six year old boy is missing since this morning, please help us find him',
  'بنوں میں پولیس چوکی پر حملہ ہو رہا ہے، فائرنگ کی آوازیں آ رہی ہیں',
  'charsadda mein mere bhai ko aghwa kar liya gaya hai, taawan maang rahe hain',
] as const

/** What nobody need be rung for. */
export const ORDINARY = [
  'driving license banwane ka tareeqa kya hai, office ka time bata dein',
  'character certificate ke liye kaunse documents chahiye hain',
  'کے پی پولیس کا شکریہ، آپ نے بہت اچھا کام کیا',
  'Thank you KP police for the quick response at the checkpost today',
  'ستاسو ډېره مننه، پولیس ښه کار کوي',
  'traffic bohat zyada hai aaj university road par',
] as const

/** Odd, so that dangers come by both channels. */
const STEP = 501
const AT = 250

export interface Peers {
  readonly x: XSimulator
  readonly whatsapp: WhatsAppSimulator
  readonly settings: Readonly<Record<string, string>>
  close(): Promise<void>
}

/** Both simulators, and the settings of a rabta that talks to them. */
export async function startPeers(port: number, data: string, adminPassword: string): Promise<Peers> {
  const clock = systemClock
  const secrets = { appSecret: 'chaos-app-secret', verifyToken: 'chaos-verify', accessToken: 'chaos-access' }
  const plenty = { app: 1e9, user: 1e9 }
  const x = await startXSimulator({ clock, appToken: 'chaos-bearer', limits: { mentions: plenty, search: plenty } })
  const whatsapp = await startWhatsAppSimulator({
    clock,
    ...secrets,
    phoneNumberId: '1234567890',
    batchMax: 50,
    retryDelaysMs: [100, 200, 400],
    timeoutMs: 5000,
    openWindow: ['923000000901'],
    statusDelaysMs: { sent: 20, delivered: 40, read: 60 },
  })
  return {
    x,
    whatsapp,
    settings: {
      RABTA_DATA: data,
      RABTA_PORT: String(port),
      RABTA_ADMIN_PASSWORD: adminPassword,
      RABTA_LOG_LEVEL: 'warn',
      RABTA_X_BASE_URL: x.url,
      RABTA_X_BEARER_TOKEN: 'chaos-bearer',
      RABTA_X_USER_ID: x.account.id,
      RABTA_X_SEARCH_QUERY: SEARCH,
      RABTA_X_POLL_SECONDS: '1',
      RABTA_WHATSAPP_BASE_URL: whatsapp.url,
      RABTA_WHATSAPP_PHONE_NUMBER_ID: '1234567890',
      RABTA_WHATSAPP_APP_SECRET: secrets.appSecret,
      RABTA_WHATSAPP_VERIFY_TOKEN: secrets.verifyToken,
      RABTA_WHATSAPP_ACCESS_TOKEN: secrets.accessToken,
      RABTA_UNIT_NUMBERS: 'ctd=923000000901',
    },
    close: async () => {
      await Promise.all([x.close(), whatsapp.close()])
    },
  }
}

/** Says message number `n` of the stream on one of the channels; the id under which the index must hold it. Now and then it is one of the dangers, each told once. */
export function say(peers: Peers, n: number): string {
  const danger = n % STEP === AT ? DANGERS[Math.floor(n / STEP)] : undefined
  const ordinary = ORDINARY[n % ORDINARY.length] ?? ''
  const text = danger ?? `${ordinary} (${n})`
  if (n % 2 === 0) {
    const id = peers.x.post({ author: { username: `chaos${n % 997}` }, text: `${text} ${SEARCH}` })
    return `x:${id}`
  }
  const number = `9230000${String(10_000 + (n % 9973)).padStart(5, '0')}`
  return `whatsapp:${peers.whatsapp.receive({ from: { waId: number, name: `Chaos ${n}` }, type: 'text', body: text })}`
}

/** How many of the first `count` messages are dangers. */
export const dangersAmong = (count: number) =>
  Math.min(DANGERS.length, Math.max(0, Math.floor((count - AT - 1) / STEP) + 1))
