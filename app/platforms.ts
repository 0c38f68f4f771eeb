import { createWebhook, type Webhook } from '../ingest/webhook.js'
import type { Channel } from '../schemas/mention.js'
import type { Config, PlatformName } from './config.js'
import type { Core } from './core.js'
import { facebookPlatform } from './platforms/facebook.js'
import { newsPlatform } from './platforms/news.js'
import type { Platform } from './platforms/platform.js'
import { smsPlatform } from './platforms/sms.js'
import { whatsappPlatform } from './platforms/whatsapp.js'
import { xPlatform } from './platforms/x.js'

const MAKERS: Record<PlatformName, (config: Config, core: Core) => Platform> = {
  x: xPlatform,
  facebook: facebookPlatform,
  whatsapp: whatsappPlatform,
  sms: smsPlatform,
  news: newsPlatform,
}

/** The platforms that are set up here. */
export interface Platforms {
  readonly list: readonly Platform[]
  /** The doors that platforms knock at, by path. */
  readonly hooks: ReadonlyMap<string, Webhook>
  /** The channels that can be answered by. */
  readonly answered: ReadonlySet<Channel>
}

/** The platforms whose sources run; a demonstration's can't leave this machine. */
export function createPlatforms(config: Config, core: Core): Platforms {
  const { clock, log, metrics, stores } = core
  const parts = { bus: stores.bus, clock, log, metrics }
  const names = Object.keys(MAKERS) as PlatformName[]
  const running = names.filter((name) => config.demonstration || config.sources.includes(name))
  const list = running.map((name) => MAKERS[name](config, core))
  const formats = list.flatMap(({ hooks }) => [...hooks])
  return {
    list,
    hooks: new Map(formats.map(([path, format]) => [path, createWebhook({ ...parts, format })])),
    answered: new Set(list.flatMap(({ sender }) => sender?.channel ?? [])),
  }
}
