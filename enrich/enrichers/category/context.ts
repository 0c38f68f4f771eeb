/**
 * How a thing is told decides whether it rings: the weights, in log-odds, that the cues of `lexicon/2-context.tsv` add to an alert.
 * A cue outside the scene (elsewhere in the message) counts a part of it, because two sentences can be about two things.
 */
const WEIGHTS: Readonly<Record<string, number>> = {
  ctx_now: 0.7,
  ctx_now_light: 0.3,
  ctx_just: 0.4,
  ctx_recent: 0.3,
  ctx_help: 0.9,
  ctx_me: 0.2,
  ctx_place: 0.3,
  district: 0.6,
  phone: 0.3,
  injured: 0.3,
  trapped: 0.3,
  ctx_past: -3,
  ctx_past_light: -0.3,
  ctx_denied: -3.2,
  ctx_resolved: -2.6,
  ctx_news: -1.5,
  ctx_prayer: -1.4,
  ctx_sport: -2.4,
  ctx_fiction: -2.2,
  ctx_joke: -1.8,
  ctx_politics: -1.5,
  ctx_general: -1.3,
  ctx_truth: -2.6,
  asks: -0.7,
  praise: -0.9,
  abuse: -1,
  insult: -0.3,
  spam: -1,
  not_figure: -0.8,
}

const CUES = Object.entries(WEIGHTS)

const ELSEWHERE = 0.4
/** A second and a third word of politics, sport or news in one scene make it surer. */
const REPEATED: Readonly<Record<string, number>> = {
  ctx_politics: -0.5,
  ctx_sport: -0.6,
  ctx_fiction: -0.6,
  ctx_news: -0.4,
  ctx_general: -0.3,
}
const MAX_REPEATS = 3

/** A headline ("1 shakhs zakhmi") of a place we do not know, that nobody says is theirs or now, is most often of another province. */
const HEADLINE_OF_NOWHERE = -2.2
const TIES = ['district', 'ctx_me', 'ctx_help', 'ctx_now', 'ctx_just', 'phone'] as const
/** These make no headline ours, but are told to us by the one they happen to. */
const TOLD_TO_US = ['unknown', 'found_person'] as const

/** What is told in the past ("hua tha") of no place of ours, without now or help, is a story more often than a call. */
const STORY_OF_NOWHERE = -1.1
const STORY_OF_OURS = -0.6
const CALLS = ['ctx_help', 'ctx_now', 'ctx_now_light', 'ctx_just', 'phone'] as const

/** Nothing ties it to us: no place, no person, no now. */
const UNTIED = -0.5
/** "Now it is out": the now is of the end. */
const OVER_NOW = -0.9
/** Asked how to go about what is over. */
const ASKED = -0.7
/** "Allah rehm kare" is said of what is over and of what is happening; with now or help it is happening. */
const PRAYER_IN_NEED = 1.1

/** What the context adds to an alert. `times` says how often a concept stands in the scene, `elsewhere` whether it stands in the message. */
export function contextWeight(times: (concept: string) => number, elsewhere: (concept: string) => boolean): number {
  let sum = 0
  for (const [concept, weight] of CUES) {
    const count = times(concept)
    if (count > 0) sum += weight + (REPEATED[concept] ?? 0) * Math.min(MAX_REPEATS, count - 1)
    else if (elsewhere(concept)) sum += weight * ELSEWHERE
  }
  const anywhere = (concept: string): boolean => times(concept) > 0 || elsewhere(concept)
  const tied = TIES.some(anywhere)
  if (!tied && anywhere('ctx_headline')) sum += HEADLINE_OF_NOWHERE
  else if (!tied && !TOLD_TO_US.some(anywhere)) sum += UNTIED
  if (times('ctx_prayer') > 0 && (anywhere('ctx_help') || anywhere('ctx_now'))) sum += PRAYER_IN_NEED
  if (times('ctx_past_light') > 0 && !CALLS.some(anywhere))
    sum += anywhere('district') || anywhere('ctx_recent') ? STORY_OF_OURS : STORY_OF_NOWHERE
  if (times('ctx_resolved') > 0 && times('ctx_now') > 0 && !anywhere('ctx_help')) sum += OVER_NOW
  if (anywhere('asks') && anywhere('ask') && !anywhere('ctx_help') && !anywhere('ctx_now')) sum += ASKED
  return sum
}
