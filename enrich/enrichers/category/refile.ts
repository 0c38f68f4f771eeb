import { EVENT_CATEGORIES, type Category } from '../../../schemas/tags.js'
import { firstThatFits, type Finding } from './judge.js'

/** Events that are everybody's talk: told as past, as news or in prayer they are filed as news. */
const PUBLIC_EVENTS: ReadonlySet<Category> = new Set(['terrorism', 'kidnapping', 'violence', 'mishap'])
const EVENTS: ReadonlySet<Category> = new Set(EVENT_CATEGORIES)
/** Of these a person tells even where the words are of a film, a joke or politics. */
const PLAIN_TALK = ['ctx_sport', 'ctx_fiction', 'ctx_joke', 'ctx_politics', 'not_figure'] as const

const as = (finding: Finding, category: Category, strength: number): Finding => ({
  ...finding,
  category,
  strength,
  severity: 'none',
})

/** Where nothing rings: what the message is filed under, by how it speaks of the event it names. */
export function refile(found: readonly Finding[], everywhere: ReadonlySet<string>): Finding | undefined {
  if (found.length === 0) return undefined
  const has = (concept: string): boolean => everywhere.has(concept)
  const service = found.filter((each) => !EVENTS.has(each.category))
  const unanswered = found.some((each) => each.category === 'complaint' && each.strength >= 1.8)
  const events = found
    .filter((each) => EVENTS.has(each.category))
    .filter((each) => !(unanswered && each.category === 'crime' && has('no_service')))
    .flatMap((each) => refileEvent(each, has))
  return firstThatFits([...events, ...service])
}

function refileEvent(event: Finding, has: (concept: string) => boolean): Finding[] {
  const talk = PLAIN_TALK.filter(has).length
  if (has('ctx_truth') || (has('asks') && has('ask') && (event.alert < -0.8 || !has('ctx_me'))))
    return [as(event, 'inquiry', event.strength)]
  if (has('praise') && (has('ctx_resolved') || has('police') || has('ctx_prayer')))
    return [as(event, 'praise', event.strength)]
  if (event.category === 'misconduct') return talk > 0 && !has('police') ? [as(event, 'other', 1)] : [event]
  if (PUBLIC_EVENTS.has(event.category)) {
    if (has('ctx_news') || has('ctx_prayer') || has('ctx_past') || has('ctx_denied') || has('ctx_resolved')) {
      return [as(event, has('ctx_sport') || has('ctx_fiction') ? 'other' : 'news', event.strength)]
    }
    if (talk > 0) return [as(event, 'other', event.strength)]
    return event.alert < -2 ? [as(event, 'news', event.strength - 0.8)] : [event]
  }
  if (talk > 0 && !has('ctx_me')) return [as(event, 'other', event.strength)]
  if (has('ctx_news') && !has('ctx_me')) return [as(event, 'news', event.strength)]
  return [event]
}
