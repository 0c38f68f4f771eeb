import type { Channel } from '../api/types.js'

const GSM = /^[@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&'()*+,\-./0-9:;<=>?¡A-ZÄÖÑÜ§¿a-zäöñüà^{}\\[~\]|€]*$/
const GSM_DOUBLE = /[\^{}\\[~\]|€]/g
const URL_PATTERN = /https?:\/\/\S+/g
const URL_LENGTH_ON_X = 23

/** X counts an address as 23 and everything outside of the alphabets up to Georgian and some punctuation twice. */
function lengthOnX(text: string): number {
  const addresses = text.match(URL_PATTERN)?.length ?? 0
  let length = addresses * URL_LENGTH_ON_X
  for (const character of text.replace(URL_PATTERN, '').normalize('NFC')) {
    const code = character.codePointAt(0) ?? 0
    const light =
      code <= 0x10ff ||
      (code >= 0x2000 && code <= 0x200d) ||
      (code >= 0x2010 && code <= 0x201f) ||
      (code >= 0x2032 && code <= 0x2037)
    length += light ? 1 : 2
  }
  return length
}

/** The length of a reply as its channel counts it. */
export function lengthOn(channel: Channel, text: string): number {
  if (channel === 'x') return lengthOnX(text)
  if (channel === 'sms') return GSM.test(text) ? text.length + (text.match(GSM_DOUBLE)?.length ?? 0) : text.length
  return [...text].length
}

/** How many SMS a text costs: 160 letters of the GSM alphabet or 70 of any other, less for a joined one. */
export function smsParts(text: string): number {
  const length = lengthOn('sms', text)
  const [single, joined] = GSM.test(text) ? [160, 153] : [70, 67]
  return length <= single ? 1 : Math.ceil(length / joined)
}
