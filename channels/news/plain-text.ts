import { convert, type HtmlToTextOptions } from 'html-to-text'

/** What is looked at of one field; an article is far shorter, and what follows would only cost time. */
const MAX_HTML_UNITS = 200_000
/** No article has so many tags; nested without end they would cost the parser the square of their number. */
const MAX_TAGS = 3_000

const skip = (selector: string) => ({ selector, format: 'skip' })

const OPTIONS: HtmlToTextOptions = {
  wordwrap: false,
  limits: { maxInputLength: MAX_HTML_UNITS, maxDepth: 60, maxChildNodes: 5_000 },
  selectors: [
    { selector: 'a', options: { ignoreHref: true } },
    ...['img', 'script', 'style', 'noscript', 'iframe', 'template', 'object', 'svg', 'form', 'video', 'audio'].map(
      skip,
    ),
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, options: { uppercase: false } })),
    { selector: 'table', format: 'block' },
    { selector: 'ul', options: { itemPrefix: '' } },
    { selector: 'hr', format: 'skip' },
  ],
}

const TAG =
  /<\/?(p|br|div|span|a|b|i|u|em|strong|img|ul|ol|li|h[1-6]|script|style|font|table|figure|blockquote)\b[^<>]*>/i
const ENTITY = /&(#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,30});/i
/** How WordPress signs every summary: the name of the site in it would read as the place of the event. */
const SIGNATURE = /\s*The post .{0,500}? appeared first on .{0,200}\.?\s*$/s

/**
 * Words as a reader sees them: markup and scripts dropped, entities decoded, white space plain. Markup that was escaped once too often is read once more.
 * Never throws.
 */
export function plainText(value: string | undefined): string {
  if (value === undefined) return ''
  let text = value.slice(0, MAX_HTML_UNITS)
  // Where there is no markup, a line's end is where the document was wrapped, not where the writer ended a line.
  if (!hasMarkup(text)) return tidy(text.replace(/([^\n])\r?\n(?!\s*\n)/g, '$1 ')).replace(SIGNATURE, '')
  for (let pass = 0; pass < 2 && hasMarkup(text); pass++) text = converted(text)
  return tidy(text).replace(SIGNATURE, '')
}

const hasMarkup = (text: string): boolean => TAG.test(text) || ENTITY.test(text) || /<[a-z!/]/i.test(text)

function converted(html: string): string {
  if (html.split('<').length > MAX_TAGS) return stripped(html)
  try {
    return convert(html, OPTIONS)
  } catch {
    return stripped(html)
  }
}

const stripped = (html: string): string => html.replace(/<[^<>]*>/g, ' ')

function tidy(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/[^\S\n]+/g, ' ')
    .replace(/ ?\n ?/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}
