import type { Match } from './matches.js'
import { nameTokens } from './spelling.js'
import type { Token } from './tokens.js'

const words = (list: string): ReadonlySet<string> => new Set(nameTokens(list))

/** Before or after a name, these say by themselves that it is a place. */
const NOUN_BEFORE = words(
  'district distt dist distric zila zilla zilah tehsil tahsil tehseel thana thanna thaana ps dpo ccpo sho sdpo village city town ضلع تحصیل تھانہ ولسوالۍ ولسوالي ښار شہر گاؤں کلي علاقہ علاقے علاقه شار chowki چوکی gaon گاوں وستی mauza موضع',
)
const NOUN_AFTER = words(
  'district distt city tehsil tahsil bazar bazaar bazzar baazar police thana hospital dhq thq valley chowk road agency university college cantt cantonment jail kachehri press tunnel bypass adda stadium sharif khas بازار بزار شہر ښار ضلع تحصیل پولیس پولیسو روڈ سړک چوک ایجنسی ایجنسۍ تھانہ تھانے تاڼه ہسپتال ہاسپٹل روغتون وادی دره کینٹ جیل کچہری اڈہ اډه ولسوالۍ ولسوالي پوهنتون یونیورسٹی کالج ټول سټي سٹی naka phatak canal post checkpost chowki station camp degree polis pulis muharrar moharrar grid interchange محرر گرڈ انٹرچینج ناکه پھاٹک نہر پل چوکی سٹیشن اسٹیشن کیمپ کېمپ بازارمیں',
)
const PREPOSITION_ENGLISH = words('in at near from of around outside within towards across inside')
const BEFORE = words(
  'in at near from to around outside within towards across inside of pa pe da de la tar د په له تر در از',
)
const AFTER = words(
  'mein main mei mai me men mn m k ke ki ka kay kai key se sy say sey ko tak pe par pr wale wala walay ta te kshe kkhe kxe ksha na میں مین کے کا سے کو پر تک والے والا ته نه کې کښې کخې باندې پورې',
)
const PASHTO_BEFORE = words('pa da de د په له')
const PASHTO_IN = words('کښې کې')
const PASHTO_AFTER = words('ke kshe kkhe kxe ki ta na کې کښې کخې ته نه باندې')

/** What is often named after a place elsewhere. */
const NAMED_AFTER = words(
  'road rd chowk chawk chok adda ada stand gate mor more morr bypass colony town street terminal plaza flyover enclave house hotel restaurant society market mohalla coach bus service transport movers travels highway express sarak روڈ سڑک چوک اڈہ اڈا اډه سٹینڈ اسٹینڈ گیٹ دروازہ موڑ بائی کالونی ٹاؤن ٹرمینل پلازہ فلائی انکلیو ہاؤس ہوٹل مارکیٹ محلہ کوچ ٹرانسپورٹ ہائی سړک रोड अड्डा चौक मोड़',
)
const AND = words('and aur or ya ao aw اور او یا و تے')

type Phrases = ReadonlyMap<string, readonly (readonly string[])[]>

/** The phrases by the word that stands next to the name: the first of those after it, the last of those before it. */
function phrases(list: string, next: 'first' | 'last'): Phrases {
  const byWord = new Map<string, (readonly string[])[]>()
  for (const phrase of list.split('|').map(nameTokens)) {
    const word = phrase.at(next === 'first' ? 0 : -1) ?? ''
    byWord.set(word, [...(byWord.get(word) ?? []), phrase])
  }
  return byWord
}

/** "the man from …": where somebody comes from, not where it happened. After the name, and before it. */
const ORIGIN_AFTER = phrases(
  'ka hun|ka hoon|ki hun|ki hoon|ke hain|ki hain|se hun|se hoon|se hain|کا ہوں|کی ہوں|کے ہیں|کی ہیں|سے ہوں|سے ہیں|یم|yam|vs|versus|bound|ki trf|ki taraf|ki tarf|کی طرف|taraf ta|khwa ta|طرف ته|خوا ته|ka rehne wala|ka rehnay wala|ka rehne walay|ke rehne wale|ki rehne wali|ka rehaishi|ka rihaishi|ka rehayshi|ke rehaishi|ki rehaishi|se taluq|sy taluq|se taaluq|se talluq|se aaye|se aya|se aye|se aaya|se aayi|sy aya|sy aye|ka domicile|jane wali|jane wale|jane wala|janay wali|janay wale|jaane wali|jaane wale|jate hue|jate huye|jatay huay|jaate hue|ja rahe|ja raha|ja rahi|جانے والی|جانے والے|جانے والا|جاتے ہوئے|جا رہے|جا رہی|جا رہا|ته تلونکی|ته تلونکې|ته روان|ke mehman|کا رہنے والا|کے رہنے والے|کی رہنے والی|کا رہائشی|کے رہائشی|کی رہائشی|سے تعلق|سے آئے|سے آیا|سے آئی|سے آنے|کا ڈومیسائل|اوسېدونکی|اوسیدونکے|اوسېدونکي|اوسېدونکو|سره تعلق|نه راغلی|نه راغلل|نه راغی',
  'first',
)
const ORIGIN_BEFORE = phrases(
  'i m from|man from|men from|people from|son from|sons from|client from|maid from|boy from|girl from|friend from|friends from|brother from|uncle from|cousin from|guest from|woman from|women from|relative from|student from|driver from|worker from|labourer from|labourers from|family from|condolences from|love from|salam from|greetings from|respect from|mother from|father from|returning from|back from|i am from|im from|vs|versus|resident of|residents of|native of|hailing from|hails from|belongs to|belonging to|coming from|came from|originally from|domicile of|like|road to|way to|route to|going to|headed to|bound for|towards|toward|travelling to|traveling to',
  'last',
)
/** "A call from an Afghan number": the place is the number's, not where anything happened. */
const A_NUMBER = words('number numbr nmbr nambar sim نمبر نمبرات سم')
const OF = words('ke k ka ki kay ky da de کے کا کی د')
/** What the place is only measured against. */
const COMPARED_AFTER = phrases(
  'ki tarah|ki tarha|ki trha|ki trah|jaisa|jaise|jaisi|jesa|jese|jesi|ke muqable|ke muqabla|ke muqablay|ki nisbat|کی طرح|جیسا|جیسے|جیسی|کے مقابلے|کی نسبت|په شان|غوندې|په پرتله',
  'first',
)
const COMPARED_BEFORE = phrases('unlike|than|than in|compared to|compared with|worse than|better than|as in', 'last')
const GOING = words(
  'aate aatay aty ate ata atay aa آتے آ ja jaa jate jaate jatay jaty jata jati jane jaane janay jany jarahe jarahi jaraha jarhe going travelling traveling bound tlo tlal tale جا جاتے جاتا جاتی جانے جارہے جارہی جارہا روان روانہ تلو تله تلونکی تلونکې تلل',
)
const OUT_OF = words('se sy سے نه')
const NAMES_OF_PEOPLE = words(
  'khan ali gul shah ahmad ahmed muhammad mohammad hassan hussain kashif asif arif sajid majid wajid tariq imran usman umar bilal hamza zahid shahid fahad faisal farhan adnan waqas waqar salman junaid irfan kamran rashid yasir nasir naseer amir aamir noor haji malik sahib dr doctor inspector constable sub asi si captain major colonel general justice advocate maulana mufti mullah sardar nawab خان علی گل شاہ احمد محمد حسن حسین کاشف آصف عارف ساجد طارق عمران عثمان عمر بلال حمزہ زاہد شاہد فیصل فرحان عدنان وقاص وقار سلمان جنید عرفان کامران راشد یاسر ناصر عامر نور حاجی ملک ڈاکٹر انسپکٹر کانسٹیبل مولانا مفتی شیراز سردار نواب ایڈووکیٹ جسٹس ښاغلی',
)

/** What stands around a match. */
export interface Context {
  readonly sign: boolean
  readonly plainSign: boolean
  readonly namedAfter: boolean
  readonly comesFrom: boolean
  readonly compared: boolean
  /** After a given name or a rank, as a family name stands. */
  readonly afterName: boolean
}

function startsWith(tokens: readonly Token[], at: number, phrase: readonly string[]): boolean {
  return phrase.every((word, index) => tokens[at + index]?.text === word)
}

/** Reads what stands around the match in the same sentence. */
export function contextOf(tokens: readonly Token[], match: Match, shouts: boolean): Context {
  const own = tokens[match.first]
  const before = own?.gap === 'stop' ? undefined : tokens[match.first - 1]
  const following = tokens[match.last + 1]
  const after = following?.gap === 'stop' ? undefined : following
  const has = (set: ReadonlySet<string>, token: Token | undefined): boolean =>
    token !== undefined && set.has(token.text)
  const namedAfter = after?.gap === 'space' && NAMED_AFTER.has(after.text)
  const capital = own !== undefined && own.capital && own.gap !== 'stop' && !shouts
  const aroundPashto =
    (has(PASHTO_BEFORE, before) && has(PASHTO_AFTER, after)) || (before === undefined && has(PASHTO_IN, after))
  // A report is often signed with the place: "… jaldi aayen, Topi".
  const apart = own?.gap !== 'space' && (following === undefined || following.gap === 'stop')
  const signed = apart && following === undefined && match.first > 0
  // A report of the news often begins with it: "Topi: …".
  const dateline = match.first === 0 && following?.gap === 'colon'
  // "bomb in school Tangi", "rasta Kalam ka": a capital that no name before it explains.
  const alone = capital && before?.capital !== true
  const plainSign =
    signed ||
    dateline ||
    (alone && (following === undefined || (has(AFTER, after) && after?.gap === 'space'))) ||
    has(NOUN_BEFORE, before) ||
    (has(NOUN_AFTER, after) && after?.gap === 'space') ||
    aroundPashto ||
    (capital && has(NOUN_AFTER, before)) ||
    (capital && has(PREPOSITION_ENGLISH, before))
  const sign =
    plainSign ||
    apart ||
    capital ||
    has(BEFORE, before) ||
    (has(AFTER, after) && after?.gap === 'space') ||
    own?.inHashtag === true
  const afterAny = (list: Phrases): boolean =>
    list.get(following?.text ?? '')?.some((phrase) => startsWith(tokens, match.last + 1, phrase)) === true
  const beforeAny = (list: Phrases): boolean =>
    list
      .get(tokens[match.first - 1]?.text ?? '')
      ?.some((phrase) => startsWith(tokens, match.first - phrase.length, phrase)) === true
  const comesFrom = afterAny(ORIGIN_AFTER) || beforeAny(ORIGIN_BEFORE)
  const compared = afterAny(COMPARED_AFTER) || beforeAny(COMPARED_BEFORE)
  const named = own?.gap === 'space' && before !== undefined && !has(NOUN_BEFORE, before) && !has(BEFORE, before)
  const afterName = named && (has(NAMES_OF_PEOPLE, before) || (before.capital && !shouts && own.capital))
  return { sign, plainSign, namedAfter, comesFrom, compared, afterName }
}

/** "Peshawar to Swat", "Peshawar se Swat jate hue": the ends of a journey, which are not where something happened on the way. */
export function areJourney(tokens: readonly Token[], from: Match, to: Match): boolean {
  if (to.first - from.last !== 2) return false
  const between = tokens[from.last + 1]?.text ?? ''
  if (between === 'to') return true
  return OUT_OF.has(between) && [1, 2, 3].some((far) => GOING.has(tokens[to.last + far]?.text ?? ''))
}

/** "afghanistan ke number se", "د افغانستان د نمبر نه", "Afghanistan number". */
export function isOfNumber(tokens: readonly Token[], { last }: Match): boolean {
  const [next, after] = [tokens[last + 1], tokens[last + 2]]
  if (next === undefined || next.gap === 'stop') return false
  if (A_NUMBER.has(next.text)) return true
  return OF.has(next.text) && after?.gap !== 'stop' && A_NUMBER.has(after?.text ?? '')
}

/** Whether one of `ruledOut` stands within three words of the match. */
export function hasNear(tokens: readonly Token[], match: Match, ruledOut: ReadonlySet<string>): boolean {
  if (ruledOut.size === 0) return false
  for (let at = Math.max(0, match.first - 3); at <= Math.min(tokens.length - 1, match.last + 3); at++) {
    if ((at < match.first || at > match.last) && ruledOut.has(tokens[at]?.text ?? '')) return true
  }
  return false
}

const BETWEEN = words('in at of ke k ki ka mein me main de da د کے کی کا میں')

/** Whether `later` follows `earlier` as what it is in ("Hayatabad, Peshawar", "Saddar of Kohat"), at most two small words between, no "and". */
export function qualifies(tokens: readonly Token[], earlier: Match, later: Match): boolean {
  const between = later.first - earlier.last - 1
  if (between < 0 || between > 2) return false
  for (let at = earlier.last + 1; at <= later.first; at++) {
    const token = tokens[at]
    if (token === undefined || token.gap === 'stop') return false
    if (at === later.first) break
    if (AND.has(token.text) || !(BETWEEN.has(token.text) || NAMED_AFTER.has(token.text))) return false
  }
  return true
}
