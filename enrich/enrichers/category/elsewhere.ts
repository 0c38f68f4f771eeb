import { fold } from '../../../runtime/fold.js'
import type { Category } from '../../../schemas/tags.js'
import { isTag, type ReadText } from '../../reading/words.js'
import type { Match } from '../threat/lexicon.js'

const words = (list: string): ReadonlySet<string> => new Set(list.split(' ').map(fold))

/** "Bhakkar Road", "Lahore adda": what is named after a place, and stands here. */
const NAMED_AFTER = words(
  'road rd chowk chawk adda ada stand morr more colony town street market plaza hotel coach bus restaurant mohalla bakery sweets number numbr nmbr nambar plate روڈ سڑک چوک اڈہ اڈا اډه سٹینڈ موڑ کالونی ٹاؤن مارکیٹ پلازہ ہوٹل کوچ بس محلہ بیکری نمبر نمبرات پلیٹ سړک',
)
const OF = words('ke k ka ki kay ky da de wala wali wale walay کے کا کی د والا والی والے')
const SURELY_BEHIND = words('me mein mai men main mn میں مے وچ ۾ में')
const PASHTO_BEHIND = words('ke kshe kkhe kxe کې کښې کخې')
const IN_BEHIND: ReadonlySet<string> = new Set([
  ...SURELY_BEHIND,
  ...PASHTO_BEHIND,
  ...words('m pe par per پر پہ तें पर'),
])
const IN_BEFORE = words('in at near inside outside around across here pa په در فی في نزدیک نزد')
const FROM_BEHIND = words('se sy say سے نه na توں تون')

/** "The owner is in Dubai": behind the place, and its small word, what says where a person is. */
const IS = words(
  'hai he h hay hain hein hun hoon hu rehta rehte rehti gaya gaye gaye gai de day dai dy yam yo osegi osi is are ہے ہیں ہوں رہتا رہتے رہتی گیا گئے دے دی یم یو اوسي اوسیږي است هستم है हैं हूँ',
)

/** What a message says of places outside the province, and of whose danger it tells, where it names no district. */
export type Elsewhere = 'there' | 'named' | 'abroad' | 'home' | 'both'
export const ELSEWHERES: readonly Elsewhere[] = ['there', 'named', 'abroad', 'home', 'both']

/** Whether the match is no place outside: another thing is named after it, or a number is of it. */
export function isNamedAfter({ words: all }: ReadText, { to }: Match): boolean {
  const [next, after] = [all[to]?.text ?? '', all[to + 1]?.text ?? '']
  return NAMED_AFTER.has(next) || (OF.has(next) && NAMED_AFTER.has(after))
}

/** Whether the words beside the match say that what is told happens in it; at the start of a message a place says so by itself. A tag never does. */
function isScene(read: ReadText, match: Match): boolean {
  const { words: all } = read
  const { from, to } = match
  const first = all[from]
  if (first === undefined || isTag(read, first)) return false
  const [before, next, after] = [all[from - 1]?.text ?? '', all[to]?.text ?? '', all[to + 1]?.text ?? '']
  if (FROM_BEHIND.has(next) || (IN_BEHIND.has(next) && IS.has(after))) return false
  return IN_BEHIND.has(next) || IN_BEFORE.has(before) || (from === 0 && !OF.has(next))
}

/** Undefined where no place outside the province is meant. `there`: what is told happens in one, as far as the words say. */
export function elsewhereOf(
  read: ReadText,
  matches: readonly Match[],
  everywhere: ReadonlySet<string>,
): Elsewhere | undefined {
  const outside = matches.filter(({ concept }) => concept === 'ctx_elsewhere')
  if (outside.length === 0) return undefined
  const [abroad, home] = [everywhere.has('ctx_abroad'), everywhere.has('ctx_home')]
  if (abroad || home) return abroad && home ? 'both' : abroad ? 'abroad' : 'home'
  return outside.some((match) => isScene(read, match)) ? 'there' : 'named'
}

const PASHTO_BEFORE = words('pa په')
const ENGLISH_BEFORE = words('in inside outside near')
/** What may follow a place in English that is not named after it ("in Deira we are"). */
const GOES_ON = words(
  'now right we my i people and they there the a an send please is are was someone somebody with two three his her our at on just here today tonight this since where who as',
)

/** Whether this match surely is where it happens: a word in front of or behind it says so, and nothing is named after it ("in Qatar Plaza"). */
function isSureScene(read: ReadText, match: Match): boolean {
  const { words: all, original } = read
  const [first, last, next] = [all[match.from], all[match.to - 1], all[match.to]]
  if (first === undefined || last === undefined || isTag(read, first)) return false
  const [before, behind] = [all[match.from - 1]?.text ?? '', next?.text ?? '']
  const isCut = next === undefined || /[.,،۔!?؟:;\n-]/.test(original.slice(last.end, next.start))
  if (SURELY_BEHIND.has(behind) || (PASHTO_BEFORE.has(before) && PASHTO_BEHIND.has(behind))) return isScene(read, match)
  if (ENGLISH_BEFORE.has(before)) return isCut || GOES_ON.has(behind)
  return match.from === 0 && isCut
}

/** In these a danger may have its other end here: the caller, the captive's family, the child, the post that is written about. */
const WITH_ANOTHER_END: ReadonlySet<Category> = new Set<Category>([
  'extortion',
  'kidnapping',
  'direct_threat',
  'harassment',
  'misconduct',
  'missing',
])

/** Whether a danger of this category, so told, surely happens outside the province and nowhere else: there it is no alert here. */
export const isOfAnotherForce = (
  read: ReadText,
  { elsewhere, matches }: { readonly elsewhere: Elsewhere | undefined; readonly matches: readonly Match[] },
  category: Category,
): boolean =>
  elsewhere === 'there' &&
  !WITH_ANOTHER_END.has(category) &&
  matches.some((match) => match.concept === 'ctx_elsewhere' && isSureScene(read, match))
