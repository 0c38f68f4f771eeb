import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CHROMIUM, openBrowserDesk, PHONE, STEP_MS, WIDE, type BrowserDesk } from './browser-desk.js'
const ANSWER = 'وعلیکم السلام، آپ کا پیغام مل گیا ہے، ہمارا افسر رابطہ کرے گا۔'

describe.skipIf(CHROMIUM === undefined)('a thread in Chromium (skipped where there is none)', () => {
  let desk: BrowserDesk
  /** The address of the thread that the first test answers in. */
  let opened = ''

  beforeAll(async () => {
    desk = await openBrowserDesk({ demoSeconds: 20 })
  })

  afterAll(() => desk.close())

  /** The answer in the thread, as wide as its words, on the side that lines of ours end on. */
  async function expectOnOurSide(page: Page, isRightToLeft: boolean): Promise<void> {
    const thread = await page.getByTestId('thread').boundingBox()
    const theirs = await page.locator('[data-testid=said].said-theirs').first().boundingBox()
    const ours = await page.locator('[data-testid=outbound][data-entry=reply]').boundingBox()
    if (thread === null || theirs === null || ours === null) throw new Error('the thread is not in sight')
    const left = (box: { x: number }) => Math.round(box.x - thread.x)
    const right = (box: { x: number; width: number }) => Math.round(thread.x + thread.width - box.x - box.width)
    if (isRightToLeft) expect([left(ours), right(theirs)]).toEqual([0, 0])
    else expect([right(ours), left(theirs)]).toEqual([0, 0])
  }

  const noOverflow = async (page: Page) =>
    expect(
      await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth'),
    ).toBeLessThanOrEqual(0)

  it('shows the answer to a WhatsApp message on our side, below it, with how far it came', async () => {
    const page = await desk.signedIn(WIDE, { path: '/mentions?channel=whatsapp&lang=ur' })
    await page.getByTestId('mention-row').first().click()
    await page.getByTestId('message-text').waitFor()
    opened = new URL(page.url()).pathname + new URL(page.url()).search
    const words = (await page.getByTestId('message-text').textContent()) ?? ''
    expect(words).not.toBe('')
    expect(await page.getByTestId('outbound').count()).toBe(0)

    await page.getByTestId('composer').fill(ANSWER)
    await page.keyboard.press('Control+Enter')
    const answer = page.locator('[data-testid=thread] [data-testid=outbound][data-entry=reply]')
    await answer.waitFor()
    await expect.poll(() => answer.getAttribute('data-status'), { timeout: STEP_MS }).toMatch(/^(delivered|read)$/)
    expect(await answer.textContent()).toContain(ANSWER)
    expect(await answer.getByTestId('outbound-status').textContent()).toMatch(/delivered|read/i)
    expect(await page.getByTestId('composer').inputValue()).toBe('')

    // The demonstration goes on: the same person may have written again below.
    const lines = '[...document.querySelectorAll("[data-testid=thread] li")]'
    const [asked, told] = await page.evaluate<[number, number]>(
      `[${lines}.findIndex((line) => line.ariaCurrent === 'true'), ${lines}.findIndex((line) => line.dataset.entry === 'reply')]`,
    )
    expect(asked).toBeGreaterThanOrEqual(0)
    expect(told).toBeGreaterThan(asked)
    await expectOnOurSide(page, false)
    await page.getByTestId('thread').scrollIntoViewIfNeeded()
    await desk.shot(page, 'thread-wide')
    await page.context().close()
  })

  it('shows the same on a phone in the dark', async () => {
    const page = await desk.signedIn({ ...PHONE, colorScheme: 'dark' }, { path: opened })
    await page.getByTestId('outbound').waitFor()
    await expectOnOurSide(page, false)
    await noOverflow(page)
    await desk.shot(page, 'thread-phone-dark-top')
    await page.getByTestId('outbound').scrollIntoViewIfNeeded()
    await desk.shot(page, 'thread-phone-dark')
    await page.context().close()
  })

  it('shows it mirrored on the Urdu page', async () => {
    const page = await desk.signedIn({ ...WIDE, locale: 'ur-PK' }, { path: opened, language: 'ur' })
    await page.getByTestId('outbound').waitFor()
    expect(await page.evaluate('document.documentElement.dir')).toBe('rtl')
    await expectOnOurSide(page, true)
    expect(await page.getByTestId('outbound-status').textContent()).not.toMatch(/[a-z]/i)
    await page.getByTestId('outbound').scrollIntoViewIfNeeded()
    await desk.shot(page, 'thread-urdu')
    await page.context().close()
  })

  it('lists where messages come from, wide, on a phone in the dark and in Urdu', async () => {
    for (const [name, options, how] of [
      ['sources-wide', WIDE, {}],
      ['sources-phone-dark', { ...PHONE, colorScheme: 'dark' }, {}],
      ['sources-urdu', { ...WIDE, locale: 'ur-PK' }, { language: 'ur' }],
    ] as const) {
      const page = await desk.signedIn(options, { path: '/sources', ...how })
      await page.getByTestId('source-row').first().waitFor()
      expect(await page.getByTestId('source-state').count()).toBe(await page.getByTestId('source-row').count())
      await noOverflow(page)
      await desk.shot(page, name)
      await page.context().close()
    }
  })

  it('had no error in any page', () => {
    expect(desk.problems).toEqual([])
  })
})
