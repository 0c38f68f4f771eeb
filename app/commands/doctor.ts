import { existsSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { connect } from 'node:net'
import { dirname, resolve } from 'node:path'
import { localSocketPath } from '../../runtime/data-folder.js'
import { Failure } from '../../runtime/failure.js'
import { adviceOn } from '../../desk/source-advice.js'
import type { SourceHealth } from '../../schemas/source-health.js'
import { systemClock } from '../../runtime/clock.js'
import type { Config } from '../config.js'
import { smsGateways, smsSendingGateway } from '../settings/sms.js'
import { EXIT } from '../exit-codes.js'
import { connectOperations } from '../local-socket.js'

interface Finding {
  readonly ok: boolean
  readonly what: string
  readonly then: string
}

const REACH_MS = 5000

async function reach(what: string, url: string): Promise<Finding> {
  try {
    await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(REACH_MS), redirect: 'manual' })
    return { ok: true, what: `${what} answers at ${new URL(url).host}`, then: '' }
  } catch {
    return {
      ok: false,
      what: `${what} does not answer at ${new URL(url).host}`,
      then: 'look at the network, the proxy, or the …_BASE_URL setting',
    }
  }
}

/** Whether somebody listens there; nothing is said to them. */
function listens(what: string, host: string, port: number): Promise<Finding> {
  return new Promise((resolve) => {
    const socket = connect({ host: host.replace(/^\[|\]$/g, ''), port, timeout: REACH_MS })
    const settle = (ok: boolean) => {
      socket.destroy()
      const where = `${host}:${port}`
      resolve({
        ok,
        what: `${what} ${ok ? 'answers' : 'does not answer'} at ${where}`,
        then: 'look whether it runs, and at the network',
      })
    }
    socket.once('connect', () => settle(true))
    socket.once('error', () => settle(false))
    socket.once('timeout', () => settle(false))
  })
}

/** Kafka, Elasticsearch and PostgreSQL, where the settings name them. */
function engines({ bus, index, records }: Config): Promise<Finding>[] {
  const at = (what: string, address: string, defaultPort: number) => {
    const { hostname, port } = new URL(address)
    return listens(what, hostname, port === '' ? defaultPort : Number(port))
  }
  return [
    ...(bus === 'embedded' ? [] : bus.brokers.map((broker) => at('Kafka', `kafka://${broker}`, 9092))),
    ...(index === 'embedded'
      ? []
      : index.nodes.map((node) => at('Elasticsearch', node, node.startsWith('https:') ? 443 : 80))),
    ...(records === 'embedded' ? [] : [at('PostgreSQL', records.url, 5432)]),
  ]
}

async function disk(folder: string): Promise<Finding> {
  let there = resolve(folder)
  while (!existsSync(there)) there = dirname(there)
  const { bavail, bsize } = await statfs(there)
  const mib = Math.floor((bavail * bsize) / 1024 / 1024)
  return { ok: mib >= 200, what: `${mib} MiB are free for ${folder}`, then: 'free some space' }
}

/** How the desk that runs on the folder does, and each of its sources. */
async function running(folder: string): Promise<Finding[]> {
  try {
    const desk = connectOperations(localSocketPath(folder))
    const lag = await desk.lag()
    const sources = await desk.sources()
    const behind = Object.entries(lag)
      .filter(([, records]) => records > 0)
      .map(([stage, records]) => `${stage} ${records}`)
    const what = `rabta runs on ${folder}${behind.length === 0 ? ', nothing waits' : `; waiting: ${behind.join(', ')}`}`
    return [{ ok: true, what, then: '' }, ...sourceFindings(sources, systemClock.now())]
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return [{ ok: true, what: `no rabta runs on ${folder}`, then: '' }]
  }
}

function channels(config: Config): Finding[] {
  if (config.demonstration)
    return [{ ok: true, what: 'no source is configured: it runs as a demonstration, with simulators', then: '' }]
  const findings: Finding[] = []
  if (config.sources.includes('x')) {
    findings.push({
      ok: config.xApiKey !== '',
      what: config.xApiKey === '' ? 'X can be read but not answered' : 'X can be answered',
      then: 'set the four keys RABTA_X_API_KEY, …_API_SECRET, …_ACCESS_TOKEN, …_ACCESS_SECRET',
    })
  }
  if (config.sources.includes('whatsapp')) {
    findings.push({
      ok: config.unitNumbers.size > 0,
      what: `${config.unitNumbers.size} units have a WhatsApp number`,
      then: 'set RABTA_UNIT_NUMBERS, or nothing can be forwarded',
    })
    findings.push({
      ok: config.whatsappForwardTemplate !== '',
      what: config.whatsappForwardTemplate === '' ? 'no template is set for forwards' : 'forwards use a template',
      then: 'set RABTA_WHATSAPP_FORWARD_TEMPLATE: WhatsApp refuses free text to officers who have not written within 24 hours',
    })
  }
  if (config.sources.includes('sms')) {
    const sendsBy = smsSendingGateway(config)
    findings.push({
      ok: sendsBy !== undefined,
      what: sendsBy === undefined ? 'SMS can be read but not answered' : `SMS are sent by ${sendsBy}`,
      then: 'set the address, name and password of a gateway',
    })
    findings.push({
      ok: config.smsNumbers.length > 0,
      what: `${config.smsNumbers.length} of the 45 offices have an SMS number`,
      then: 'set RABTA_SMS_NUMBERS: the number written to tells the district, and answers go out from it',
    })
    findings.push({
      ok: config.publicUrl !== '',
      what: config.publicUrl === '' ? 'gateways are not told where to send receipts' : 'gateways send receipts',
      then: 'set RABTA_PUBLIC_URL, under which the gateways reach the desk',
    })
  }
  return findings
}

/** The gateways that are called by HTTP; an SMSC shows on the line of its source. */
function smsReached(config: Config): Promise<Finding>[] {
  const gateways = smsGateways(config)
  return [
    ...(gateways.includes('kannel') && config.smsKannelBaseUrl !== ''
      ? [reach('Kannel', config.smsKannelBaseUrl)]
      : []),
    ...(gateways.includes('twilio') ? [reach('Twilio', config.smsTwilioBaseUrl)] : []),
    ...(gateways.includes('android') && config.smsAndroidBaseUrl !== ''
      ? [reach('the Android gateway', config.smsAndroidBaseUrl)]
      : []),
  ]
}

const MINUTE_MS = 60_000
const ago = (at: string | null, nowMs: number) =>
  at === null ? 'never' : `${Math.max(0, Math.round((nowMs - Date.parse(at)) / MINUTE_MS))} min ago`

/** What `GET /api/sources` tells of each source, in one line each. */
function sourceFindings(items: readonly SourceHealth[], nowMs: number): Finding[] {
  return items.map((health) => {
    const { source, status, lastItemAt, usualGapMs = null, failures, problem, silentSince = null, details } = health
    const advice = adviceOn(health, nowMs)
    const { spend = null, remark = null, tokenExpiresAt = null } = details ?? {}
    const usual =
      usualGapMs === null ? 'usual gap not known yet' : `usually ${Math.ceil(usualGapMs / MINUTE_MS)} min at most`
    const parts = [
      `${source}: ${silentSince === null ? status : `${status}, silent since ${silentSince}`}`,
      `last item ${ago(lastItemAt, nowMs)} (${usual})`,
      ...(failures > 0 ? [`${failures} failures in a row`] : []),
      ...(tokenExpiresAt === null ? [] : [`sign-in ends ${tokenExpiresAt}`]),
      ...(spend === null
        ? []
        : [
            `spent $${spend.dollars.toFixed(2)} of ${spend.budgetDollars === null ? 'no budget' : `$${spend.budgetDollars.toFixed(2)}`}`,
          ]),
      ...(remark === null ? [] : [remark]),
    ]
    const then = advice.map(({ kind, setting, days }) => THEN[kind](setting ?? 'its setting', days ?? 0))
    return {
      ok: status !== 'failing' && advice.length === 0,
      what: parts.join('; '),
      then: then.join('; ') || (problem ?? 'look at the Sources page'),
    }
  })
}

const THEN: Record<ReturnType<typeof adviceOn>[number]['kind'], (setting: string, days: number) => string> = {
  'sign-in-again': (setting) => `expired or refused, sign in again and renew ${setting}`,
  'token-ended': (setting) => `sign in again and renew ${setting}`,
  'token-ends': (setting, days) => `${days} days left, renew ${setting}`,
  'over-budget': () => 'the budget of the month is used up: raise it or read less',
  'near-budget': () => 'more than 80% of the budget of the month is used',
  silent: () => 'look whether the platform, the account and the network are well',
}

/** Looks at everything it can without changing anything; exit code 3 when something needed is not reachable. */
export async function doctor(config: Config, output: NodeJS.WritableStream): Promise<number> {
  const reached = await Promise.all([
    ...engines(config),
    ...(config.demonstration
      ? []
      : [
          ...(config.sources.includes('x') ? [reach('X', config.xBaseUrl)] : []),
          ...(config.sources.includes('facebook') ? [reach('Facebook', config.facebookBaseUrl)] : []),
          ...(config.sources.includes('whatsapp') ? [reach('WhatsApp', config.whatsappBaseUrl)] : []),
          ...(config.sources.includes('sms') ? smsReached(config) : []),
        ]),
  ])
  const others = [await disk(config.data), ...(await running(config.data)), ...channels(config)]
  for (const { ok, what, then } of [...reached, ...others])
    output.write(`${ok ? 'ok  ' : 'look'}  ${what}${ok ? '' : `: ${then}`}\n`)
  return reached.every(({ ok }) => ok) ? EXIT.done : EXIT.notReachable
}
