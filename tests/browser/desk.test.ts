import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CHROMIUM, openBrowserDesk, PHONE, STEP_MS, WIDE, type BrowserDesk } from './browser-desk.js'

describe.skipIf(CHROMIUM === undefined)('the desk in Chromium (skipped where there is none)', () => {
  let desk: BrowserDesk

  beforeAll(async () => {
    desk = await openBrowserDesk({ demoSeconds: 30 })
  })

  afterAll(() => desk.close())

  it('signs in, rings, acknowledges, searches in Urdu, opens, replies and sees the reply delivered', async () => {
    const page = await desk.signedIn(WIDE)
    expect(await page.getByTestId('demonstration').isVisible()).toBe(true)

    const card = page.getByTestId('alert-card').first()
    await card.waitFor()
    await desk.shot(page, 'watch-wide')
    const before = await page.getByTestId('acknowledge').count()
    await page.getByTestId('acknowledge').first().click()
    await expect
      .poll(async () => (await page.getByTestId('alert-card').first().textContent()) ?? '', { timeout: STEP_MS })
      .not.toBe('')
    expect(before).toBeGreaterThan(0)

    await page.keyboard.press('/')
    await page.getByTestId('search').fill('پشاور')
    await page.keyboard.press('Enter')
    const rows = page.getByTestId('mention-row')
    await rows.first().waitFor()
    expect(page.url()).toContain('q=')
    for (const text of await rows.allTextContents()) expect(text).toMatch(/پشاور|پېښور/)

    await rows.filter({ hasText: 'WhatsApp' }).first().click()
    await page.getByTestId('reading-pane').waitFor()
    expect(await page.getByTestId('message-text').locator('[dir]').first().getAttribute('dir')).toBe('rtl')
    await desk.shot(page, 'mentions-wide')

    await page.getByTestId('composer').fill('وعلیکم السلام، آپ کا پیغام مل گیا ہے۔')
    await page.keyboard.press('Control+Enter')
    await page.getByTestId('outbound-status').first().waitFor()
    await expect
      .poll(async () => page.getByTestId('outbound-status').first().textContent(), { timeout: STEP_MS })
      .toMatch(/sent|delivered|read/i)
    await desk.shot(page, 'replied-wide')
    await page.context().close()
  })

  it('is refused with a wrong password, in words', async () => {
    const page = await (await desk.browser.newContext(WIDE)).newPage()
    await page.goto(desk.url)
    await page.getByTestId('sign-in-username').fill('admin')
    await page.getByTestId('sign-in-password').fill('not the password')
    await page.getByTestId('sign-in-submit').click()
    await page.getByTestId('sign-in-problem').waitFor()
    await page.context().close()
  })

  it('keeps its filters in the address: a reload and a second window show the same', async () => {
    const page = await desk.signedIn(WIDE, { path: '/mentions?category=extortion' })
    await page.getByTestId('mention-row').first().waitFor()
    expect(await page.getByTestId('filter-token').count()).toBeGreaterThan(0)
    await page.reload()
    await page.getByTestId('mention-row').first().waitFor()
    expect(await page.getByTestId('filter-token').count()).toBeGreaterThan(0)
    await page.context().close()
  })

  it('fits a phone and a dark room, and speaks Urdu', async () => {
    const phone = await desk.signedIn({ ...PHONE, colorScheme: 'dark' })
    await phone.getByTestId('alert-card').first().waitFor()
    const overflow = await phone.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
    expect(overflow).toBeLessThanOrEqual(0)
    await desk.shot(phone, 'watch-phone-dark')
    await phone.context().close()

    const dark = await desk.signedIn({ ...WIDE, colorScheme: 'dark' }, { path: '/mentions' })
    await dark.getByTestId('mention-row').first().waitFor()
    await desk.shot(dark, 'mentions-dark')
    await dark.context().close()

    const urdu = await desk.signedIn({ ...WIDE, locale: 'ur-PK' }, { path: '/mentions?lang=ur' })
    await urdu.getByTestId('mention-row').first().waitFor()
    await urdu.getByTestId('mention-row').first().click()
    await urdu.getByTestId('reading-pane').waitFor()
    await desk.shot(urdu, 'mentions-urdu')
    await urdu.context().close()
  })

  it('had no error in any page', () => {
    expect(desk.problems).toEqual([])
  })
})
