import type { BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CHROMIUM, openBrowserDesk, PHONE, STEP_MS, WIDE, type BrowserDesk } from './browser-desk.js'
const TOLD = 'پشاور صدر بازار میں زوردار کراکہ ہوا ہے، کئی لوگ زخمی ہیں'

describe.skipIf(CHROMIUM === undefined)('words and places in Chromium (skipped where there is none)', () => {
  let desk: BrowserDesk

  beforeAll(async () => {
    desk = await openBrowserDesk({ demoSeconds: 30, refusals: [422] })
  })

  afterAll(() => desk.close())

  const signedIn = (options: BrowserContextOptions, language = 'en') =>
    desk.signedIn(options, { path: '/words', language, until: 'words-form' })
  const shot = (page: Page, name: string) => desk.shot(page, name, { fullPage: true })
  const overflow = (page: Page) =>
    page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')

  it('tries a word by the keyboard before it can be added, adds it, finds it, and retires it after asking', async () => {
    const page = await signedIn(WIDE)
    expect(await page.getByTestId('words-add').isDisabled()).toBe(true)
    await page.getByTestId('words-spellings').fill('کراکہ\nہے')
    await page.getByTestId('words-like').fill('دھماکہ')
    await page.getByTestId('words-text').fill(TOLD)
    await page.keyboard.press('Control+Enter')
    expect(await page.getByTestId('words-refused').textContent()).toContain('very many messages')
    expect(await page.getByTestId('words-add').isDisabled()).toBe(true)

    await page.getByTestId('words-spellings').fill('کراکہ\nkaraka')
    expect(await page.getByTestId('words-trial').count()).toBe(0)
    await page.getByTestId('words-try').click()
    const trial = page.getByTestId('words-trial')
    await trial.waitFor()
    expect(await trial.textContent()).toContain('کراکہ')
    expect(await page.getByTestId('words-seen').textContent()).toContain('last 7 days')
    await shot(page, 'words-tried')
    await page.getByTestId('words-add').click()
    await page.getByTestId('words-added').waitFor()
    const row = page.getByTestId('words-row').filter({ hasText: 'karaka' })
    await row.waitFor()

    await page.getByTestId('words-search').fill('nothing like it')
    await expect.poll(() => page.getByTestId('words-row').count(), { timeout: STEP_MS }).toBe(0)
    await page.getByTestId('words-search').fill('KARAKA')
    await row.getByTestId('words-retire').click()
    await row.getByTestId('words-retire-sure').click()
    await expect.poll(() => row.count(), { timeout: STEP_MS }).toBe(0)
    await page.getByTestId('words-retired').check()
    await expect.poll(() => row.getAttribute('data-retired'), { timeout: STEP_MS }).toBe('true')
    await page.context().close()
  })

  it('adds a district, which the other pages know at once', async () => {
    const page = await signedIn(WIDE)
    await page.getByTestId('choice-district').click()
    await page.getByTestId('words-en').fill('Upper Swat')
    await page.getByTestId('words-ur').fill('اپر سوات')
    await page.getByTestId('words-ps').fill('پورته سوات')
    await page.getByTestId('words-was').selectOption('swat')
    await page.getByTestId('words-text').fill('Upper Swat mein firing hui hai')
    await page.getByTestId('words-try').click()
    expect(await page.getByTestId('words-trial').textContent()).toContain('Upper Swat')
    await page.getByTestId('words-add').click()
    await page.getByTestId('words-added').waitFor()
    await page.getByTestId('choice-place').click()
    await page.getByTestId('words-district').selectOption('upper-swat')
    await page.getByTestId('nav-mentions').click()
    await page
      .getByRole('button', { name: /^Upper Swat/ })
      .first()
      .waitFor()
    await shot(page, 'words-district-on-map')
    await page.context().close()
  })

  it('fits a phone and a dark room, and speaks Urdu and Pashto', async () => {
    for (const [name, options, language] of [
      ['phone-dark', { ...PHONE, colorScheme: 'dark' }, 'en'],
      ['urdu', WIDE, 'ur'],
      ['urdu-phone-dark', { ...PHONE, colorScheme: 'dark' }, 'ur'],
      ['pashto-phone', PHONE, 'ps'],
    ] as const) {
      const page = await signedIn(options, language)
      expect(await page.evaluate('document.documentElement.dir')).toBe(language === 'en' ? 'ltr' : 'rtl')
      await page.getByTestId('words-rows').waitFor()
      await page.getByTestId('words-spellings').fill('کراکہ\nkaraka')
      await page.getByTestId('words-like').fill('دھماکہ')
      await page.getByTestId('words-text').fill(TOLD)
      await page.getByTestId('words-try').click()
      await page.getByTestId('words-trial').waitFor()
      await shot(page, `words-${name}`)
      expect([name, await overflow(page)]).toEqual([name, 0])
      await page.context().close()
    }
  })

  it('had no error in any page', () => {
    expect(desk.problems).toEqual([])
  })
})
