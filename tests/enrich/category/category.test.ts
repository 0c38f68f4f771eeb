import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createEnrichers } from '../../../app/enrichers.js'
import { createCategoryEnricher } from '../../../enrich/enrichers/category/category.js'
import { createThreatEnricher } from '../../../enrich/enrichers/threat/threat.js'
import { tagsOf as judgedTags } from '../../../enrich/training/judged-corpus.js'
import { CATEGORIES, SEVERITIES } from '../../../schemas/tags.js'
import { mentionOf, tagsWith } from '../threat/mention.js'

const threat = createThreatEnricher()
const category = createCategoryEnricher()

/** By all enrichers as they are shipped, the language told as well. */
const enrichers = createEnrichers()
const shipped = (text: string) => judgedTags(text, enrichers).category

function tagOf(text: string, districts: readonly string[] = []) {
  const mention = mentionOf(text)
  const soFar = tagsWith(districts)
  return category.enrich(mention, { ...soFar, threat: threat.enrich(mention, soFar) })
}

describe('category and alert', () => {
  it('rings for an extortion call', () => {
    expect(tagOf('پشاور میں بھتہ کی کال آئی ہے')).toMatchObject({
      category: 'extortion',
      alert: true,
      severity: 'high',
    })
  })

  it.each([
    'mera bhai aghwa ho gaya hai',
    'mere bhai ko aghwa kar liya hai',
    'mere bete ko aghwa kiya gaya hai',
    'میرے بھائی کو اغوا کیا گیا ہے',
    'my brother has been kidnapped',
  ])('rings for a danger told in the plainest words: %s', (text) => {
    expect(shipped(text)).toMatchObject({ category: 'kidnapping', alert: true, severity: 'critical' })
  })

  it.each([
    ['violence', 'mere abbu ko qatal kiya gaya hai'],
    ['violence', 'my father has been murdered'],
    ['violence', 'میرے والد کو قتل کر دیا گیا ہے'],
    ['violence', 'زما پلار یې قتل کړو'],
    ['mishap', 'mera beta nahar me doob gaya hai'],
    ['crime', 'daku hamare ghar me ghus gaye hain'],
    ['harassment', 'mera shohar mujhe maar raha hai'],
    ['terrorism', 'yahan dhamaka hua hai'],
  ])('rings for other plain dangers, as %s: %s', (file, text) => {
    expect(shipped(text)).toMatchObject({ category: file, alert: true })
  })

  it.each([
    'chhat pe beth k chai pee rahe hain',
    'andar a jao khirki khuli h',
    'ڈاکٹر نے پرچی پر پانچ دوائیاں لکھ دیں',
    'My son is on the roof flying his kite',
    'In the drama the husband beats her and she leaves him',
  ])('does not ring for daily talk in the same words: %s', (text) => {
    expect(shipped(text)?.alert).toBe(false)
  })

  it.each([
    ['criticism, however harsh', 'kpk police is the most useless and shameless force in the world'],
    ['politics', 'حکومت نے عوام پر پٹرول بم گرا دیا'],
    ['sport', 'kal ka match kya dhamaka tha'],
    ['a sale', 'mega sale ka dhamaka 50% off'],
    ['traffic that "kills"', 'aaj traffic ne maar dala'],
    ['an anniversary', '16 December APS hamle ki barsi'],
    ['a year gone by', '2014 میں پشاور کے سکول پر حملہ ہوا تھا'],
    ['a denial', 'kohat mein koi dhamaka nahi hua, afwah hai'],
    ['an arrest in the news', 'mardan police ne bhatta khori mein do mulzim giraftar kar liye'],
    ['a question about a danger', 'Is it true that there was a blast in Peshawar?'],
    ['a lost card', 'mera shanakhti card gum ho gaya hai'],
    ['a bribe', 'thane ka moharrir rishwat mang raha hai'],
    ['a past theft', 'pichle mahine meri motorcycle chori hui thi'],
    ['a fire put out', 'charsadda bazar ki aag bujh gai hai, shukar hai'],
    ['a rescue thanked for', 'kal hamare bache ko darya se nikal liya, rescue aur police ka shukria'],
    ['aerial firing in general', 'shadiyon par hawai firing ka koi ilaj hai?'],
    ['traffic that "kills", with words between', 'ring road ke traffic ne to aaj qatal kar diya'],
    ['a general claim', 'آج کل ہر جگہ آئس کا نشہ عام ہے'],
  ])('stays silent at %s', (_, text) => {
    expect(tagOf(text)).toMatchObject({ alert: false })
  })

  it.each([
    'assalam o alaikum sir ap ki nai app bohat achi hai bachon ne bhi dekhi ek baat batani thi hamare ghar ke samne abhi firing ho rahi hai log zakhmi hain',
    'بہت شکریہ کہ آپ نے پچھلے ہفتے ہماری گلی کی لائٹ لگوا دی سب خوش ہیں ابھی ساتھ والے گھر میں ڈاکو گھس آئے ہیں اور بچے اندر ہیں باقی سب خیریت ہے',
    'thank you for the lovely tree planting at our school last week the children still talk of it please come a man is stabbing my neighbour at his gate right now',
  ])('rings for a danger amid thanks and talk, without stops: %s', (text) => {
    expect(shipped(text)).toMatchObject({ alert: true })
    expect(text).toContain(shipped(text)?.evidence[0]?.text)
  })

  it.each([
    'sir kal se sab group mein ek hi baat chal rahi hai bachay bhi dare hue hain kya yeh sach hai ke peshawar mein dhamaka hua hai aur log mar gaye hain?',
    'سب لوگ کل شام سے یہی پوچھ رہے ہیں اور کسی کو کچھ پتہ نہیں کیا یہ سچ ہے کہ مردان بازار میں فائرنگ ہوئی ہے؟',
    'my cousins in karachi keep forwarding this and nobody here knows anything about it so is it true that a bomb went off in kohat and people died?',
  ])('does not ring for a long rumour put as a question: %s', (text) => {
    expect(shipped(text)).toMatchObject({ alert: false })
  })

  it.each([
    ['number-written-to', 'aj mosam bohat acha hai, chai pilao bhai'],
    ['author-place', 'aj mosam bohat acha hai, chai pilao bhai'],
    ['number-written-to', 'hamari gali mein bijli ka khamba gir gaya hai'],
  ] as const)('judges the words alike, whichever number or profile tells the district (%s): %s', (basis, text) => {
    const district = { id: 'mardan', confidence: 0.7, basis, evidence: [] }
    const soFar = tagsWith()
    const mention = mentionOf(text)
    expect(category.enrich(mention, { ...soFar, districts: [district] })).toEqual(category.enrich(mention, soFar))
  })

  it.each([
    'Assalam o alaikum DPO sahib, hope you are fine. mere ghar mein chor ghus gaye hain abhi. Shukria, Imran Khan, 0312-3456789',
    '@KP_Police1 @someone12 there is firing in our street right now, two men are down https://t.co/aB3dEfGh1J #KPPolice',
    'محترم سر السلام علیکم۔ ہمارے محلے میں فائرنگ ہو رہی ہے، ایک لڑکا زخمی ہے۔ والسلام، محمد جاوید ولد نور محمد، موبائل 03001234567',
    'سلامونه صېب، په کور کې مو اور لګېدلی دی، ماشومان دننه دي. مننه، ستاسو ورور',
  ])('hears a danger that is greeted, signed or sent with links: %s', (text) => {
    expect(shipped(text)).toMatchObject({ alert: true })
  })

  it.each([
    'in front of China hospital a man with knife is attacking people',
    'Dubai plaza me aag lag gai hai log phanse hain',
    'Kabul adda pe aadmi ko goli maar di',
    'sheikhupura se aaye daku ghar mein ghus gaye hain bache andar',
    'Punjab number ki gari mein daku bus loot rahe hain, driver ko goli lagi',
  ])('rings for a danger beside what only has the name of a place outside: %s', (text) => {
    expect(shipped(text)?.alert).toBe(true)
  })

  it.each([
    'House on fire on a street in Houston, my neighbours are still inside',
    'Flash flood in Fujairah, cars are swept away with people inside',
    'نیلم ویلی میں جیپ دریا میں جا گری، دو لوگ پتھر پکڑے ہوئے ہیں',
  ])('does not ring for a danger outside the province: %s', (text) => {
    expect(shipped(text)?.alert).toBe(false)
  })

  it('rings in the second sentence, whatever the first speaks of', () => {
    expect(tagOf('Kal ka match blast tha. Abhi hamare ghar ke samne firing ho rahi hai.')).toMatchObject({
      category: 'violence',
      alert: true,
    })
  })

  it('takes "this is no joke" at its word', () => {
    expect(tagOf('yeh mazak nahi, bazar mein bomb rakha hai')).toMatchObject({ category: 'terrorism', alert: true })
  })

  it('counts a year as past against the day it was written, not today', () => {
    const soFar = tagsWith()
    const text = '22 نومبر 2026: سکول پر حملہ ہوا ہے'
    expect(category.enrich(mentionOf(text), soFar).alert).toBe(true)
    expect(category.enrich(mentionOf(text, { writtenAt: '2028-01-01T00:00:00.000Z' }), soFar).alert).toBe(false)
  })

  it.each([
    '12 مارچ 2019: بازار میں دھماکہ ہوا ہے',
    '5 may 2017 school par hamla hua hai, 9 log mare gaye',
    'Blast at the mosque on 30 January 2023',
  ])('stays silent at a date of a year gone by: %s', (text) => {
    expect(shipped(text)?.alert).toBe(false)
  })

  it('is other, without alert, where there are no words', () => {
    for (const text of ['', ' ', '🙂🙂', 'https://example.org/a', '\u202e\0']) {
      expect(tagOf(text)).toMatchObject({ category: 'other', alert: false, severity: 'none', evidence: [] })
    }
  })

  it('judges without the tags of an enricher that failed', () => {
    const soFar = { language: null, districts: null, threat: null, category: null, sentiment: null, fingerprint: null }
    expect(category.enrich(mentionOf('thanedar ko kal goli maar dunga'), soFar)).toMatchObject({
      category: 'direct_threat',
      alert: true,
    })
  })
})

describe('a danger told late in a long text', () => {
  const danger = 'Hayatabad mein abhi firing ho rahi hai, madad karein. '
  it.each([
    ['greetings', 'aaj mausam acha hai. '],
    ['its own words', 'firing. '],
    ['another danger word', 'bomb. '],
    ['sport and politics', 'kya match tha. sab siasatdan chor hain. '],
  ])('rings amid 90,000 characters of %s, in the middle and at the end', (_, padding) => {
    const half = padding.repeat(45_000 / padding.length)
    expect(tagOf(half + danger + half)).toMatchObject({ category: 'violence', alert: true })
    expect(tagOf(half + half + danger)).toMatchObject({ category: 'violence', alert: true })
  })
})

describe('an attack on a post', () => {
  it.each([
    ['بنوں میں پولیس چوکی پر حملہ ہو رہا ہے'],
    ['بنوں میں پولیس چوکی پر حملہ ہوا ہے ابھی'],
    ['bannu mein police chauki par hamla hua hai abhi'],
    ['په بنو کې د پولیسو په چوکۍ اوس حمله شوې ده'],
    ['pa bannu ke pa police chawkai os hamla wushwa'],
    ['Police post in Bannu under attack right now'],
  ])('is terrorism and rings: %s', (text) => {
    expect(tagOf(text, ['bannu'])).toMatchObject({ category: 'terrorism', alert: true, severity: 'critical' })
  })
})

describe('any text at all', () => {
  it('never throws; evidence is exact; alert, confidence and severity agree', () => {
    const unit = fc.oneof(
      fc.constantFrom(
        'bhatta',
        'بھتہ',
        'کال',
        ' ',
        '. ',
        '? ',
        'firing',
        'abhi',
        '\0',
        '\ud800',
        '\udfff',
        'ﷺ',
        '2014',
        'missing',
        'child',
        'traffic',
      ),
      fc.string({ unit: 'binary', maxLength: 6 }),
    )
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 40 }), (parts) => {
        const text = parts.join('')
        const tag = tagOf(text)
        expect(CATEGORIES).toContain(tag.category)
        expect(SEVERITIES).toContain(tag.severity)
        expect(tag.alert).toBe(tag.alertConfidence >= 0.5)
        if (tag.alert) expect(['critical', 'high', 'medium']).toContain(tag.severity)
        else expect(['medium', 'low', 'none']).toContain(tag.severity)
        for (const value of [tag.alertConfidence, tag.categoryConfidence]) expect(value >= 0 && value <= 1).toBe(true)
        for (const span of tag.evidence) expect(span.text).toBe(text.slice(span.start, span.end))
      }),
      { numRuns: 600, seed: 11 },
    )
  })

  it.each([
    ['one letter', 'b'.repeat(100_000)],
    ['one letter apart', 'b '.repeat(50_000)],
    ['one Urdu letter', 'م'.repeat(100_000)],
    ['one danger word', 'bomb '.repeat(20_000)],
    ['danger words in sentences', 'bomb dhamaka. '.repeat(7_000)],
    ['half a threat', 'mar mar .. '.repeat(9_000)],
    ['stars', 'b*mb'.repeat(25_000)],
    ['hyphens', 'a-'.repeat(50_000)],
    ['ligatures of eighteen letters', 'ﷺ'.repeat(100_000)],
    ['lone surrogates', '\ud800'.repeat(100_000)],
    ['NUL', '\0'.repeat(100_000)],
  ])('100,000 characters of %s are judged within the time of an enricher', (_, text) => {
    tagOf(text)
    const spent = Math.min(...[0, 1, 2].map(() => cpuMsOf(() => category.enrich(mentionOf(text), tagsWith()))))
    expect(spent).toBeLessThan(200)
  })
})

/** Processor time, which neighbours on the machine do not stretch as they do the clock on the wall. */
function cpuMsOf(work: () => unknown): number {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}
