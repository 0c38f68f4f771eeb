const ENGLISH =
  'Bomb threat near the bazaar police please help us now we hear firing since morning no officer came road is blocked'.split(
    ' ',
  )
const URDU =
  'پولیس سے مدد چاہیے بازار میں فائرنگ ہو رہی ہے کوئی نہیں آیا راستہ بند ہے بچہ گم ہو گیا بھتہ مانگ رہے ہیں'.split(' ')
const EXTRAS = [
  '€50',
  '{x}',
  '[a]',
  'a@b',
  'Ünal',
  'ñ',
  '50%',
  '&',
  '+92',
  '#1',
  '"q"',
  "'s",
  '\\',
  '~',
  '^',
  '|',
  '_',
  '£',
  '\n',
  'è',
  'Δ',
]
const URDU_EXTRAS = ['😀', '۔', '،', '؟', 'ABC', '100%', '\n', 'پښتو', 'ټولنه', '&', '+', '€', '👮🏽‍♂️', '"', 'ﷺ']

/** A text of about so many parts, the same for the same random numbers, that no other message has. */
export function makeText(random: () => number, number: number, parts: number): string {
  const isUrdu = random() < 0.5
  const [words, extras] = isUrdu ? [URDU, URDU_EXTRAS] : [ENGLISH, EXTRAS]
  const room = isUrdu ? (parts === 1 ? 70 : 67 * parts) : parts === 1 ? 160 : 153 * parts
  const least = parts === 1 ? 0 : isUrdu ? 67 * (parts - 1) + 5 : 153 * (parts - 1) + 5
  const wanted = least + Math.floor(random() * (room - least) * 0.85)
  let text = `${isUrdu ? 'پیغام' : 'msg'} ${number}`
  while (units(text) < wanted) {
    const from = random() < 0.2 ? extras : words
    const next = ` ${from[Math.floor(random() * from.length)] ?? ''}`
    if (units(text + next) > room) break
    text += next
  }
  return text
}

/** Extension characters of GSM-7 cost two; more exactness than this the texts do not need. */
const units = (text: string): number => text.length + (text.match(/[€{}[\]\\~^|]/g)?.length ?? 0)
