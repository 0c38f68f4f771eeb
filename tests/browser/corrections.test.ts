import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CHROMIUM, openBrowserDesk, PHONE, STEP_MS, WIDE, type BrowserDesk } from './browser-desk.js'

describe.skipIf(CHROMIUM === undefined)('correcting a tag in Chromium (skipped where there is none)', () => {
  let desk: BrowserDesk

  beforeAll(async () => {
    desk = await openBrowserDesk({ demoSeconds: 20, refusals: [409] })
  })

  afterAll(() => desk.close())

  const ask = async <T>(page: Page, path: string, body?: object): Promise<{ status: number; body: T }> =>
    page.evaluate(
      async ([to, sent]) => {
        const response = await fetch(to, sent === undefined ? {} : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(sent) }) // prettier-ignore
        return { status: response.status, body: (await response.json()) as never }
      },
      [path, body] as const,
    )

  interface Found {
    items: { mention: { id: string; revision?: number; tags: { category: { alert: boolean; category: string } } } }[]
  }
  /** A mention of Peshawar that is no alert, as the search has it. */
  async function someMention(page: Page): Promise<string> {
    let id: string | undefined
    await expect
      .poll(
        async () => {
          const { body } = await ask<Found>(page, '/api/mentions?district=peshawar&alert=false&corrected=false&limit=1')
          id = body.items[0]?.mention.id
          return id
        },
        { timeout: 60_000 },
      )
      .toBeDefined()
    return id ?? ''
  }

  it('is one key away, done by keys alone, shown with who and what the tagger said, and found by the new tag', async () => {
    const page = await desk.signedIn(WIDE, { path: '/mentions', language: 'en' })
    const id = await someMention(page)
    await page.goto(`${desk.url}/mentions?open=${encodeURIComponent(id)}`)
    await page.getByTestId('tags').waitFor()
    await page.keyboard.press('c')
    const dialog = page.getByTestId('correct-dialog')
    await dialog.waitFor()
    expect(await page.getByTestId('correct-save').isDisabled()).toBe(true)
    await expect.poll(() => page.evaluate('document.activeElement.getAttribute("data-testid")')).toBe('correct-category') // prettier-ignore
    // The keys of the page sleep beneath it.
    await page.getByTestId('correct-category').selectOption('crime')

    await page.getByTestId('correct-alert').selectOption('true')
    await page.getByTestId('correct-severity').selectOption('low')
    expect(await page.getByTestId('correct-contradiction').textContent()).toContain('critical, high or medium')
    expect(await page.getByTestId('correct-save').isDisabled()).toBe(true)
    await page.getByTestId('correct-alert').selectOption('false')

    await page.getByTestId('correct-districts').focus()
    await page.keyboard.press('Backspace')
    await page.keyboard.type('swat')
    await page.getByRole('option', { name: 'Swat' }).waitFor()
    await desk.shot(page, 'correct-wide')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.keyboard.type('صواب')
    await page.getByRole('option', { name: 'Swabi' }).waitFor()
    await page.keyboard.press('Escape')
    expect(await dialog.isVisible()).toBe(true)
    await page.getByTestId('correct-note').fill('the market is in Mingora')
    await page.keyboard.press('Control+Enter')
    await dialog.waitFor({ state: 'detached' })

    expect(await page.getByTestId('corrected-category').textContent()).toMatch(
      /corrected by \u2068admin\u2069, .*; the tagger said: /,
    )
    expect(await page.getByTestId('tags').textContent()).toContain('Swat')
    await page.getByTestId('correction-history').locator('summary').click()
    expect(await page.getByTestId('correction-history').textContent()).toContain('the market is in Mingora')
    await desk.shot(page, 'corrected-wide')
    await expect
      .poll(
        async () =>
          (await ask<Found>(page, '/api/mentions?category=crime&district=swat&corrected=true')).body.items.map(
            ({ mention }) => mention.id,
          ),
        { timeout: STEP_MS },
      ) // prettier-ignore
      .toEqual([id])
    const day = (await ask<{ corrected: number }>(page, `/api/reports/daily/${new Date().toLocaleDateString('en-CA', { timeZone: 'Asia/Karachi' })}`)).body // prettier-ignore
    expect(day.corrected).toBeGreaterThan(0)
    expect(desk.problems).toEqual([])
  })

  it('tells the slower of two what the other set, and lets them save over it', async () => {
    const page = await desk.signedIn(WIDE, { path: '/mentions', language: 'en' })
    const id = await someMention(page)
    await page.goto(`${desk.url}/mentions?open=${encodeURIComponent(id)}`)
    await page.getByTestId('tags').waitFor()
    await page.keyboard.press('c')
    await page.getByTestId('correct-lang').selectOption('skr')
    const other = await ask(page, `/api/mentions/${encodeURIComponent(id)}/corrections`, { tags: { lang: 'khw' }, revision: 0 }) // prettier-ignore
    expect(other.status).toBe(200)
    await page.getByTestId('correct-save').click()
    expect(await page.getByTestId('correct-conflict').textContent()).toContain('Khowar')
    await desk.shot(page, 'correct-conflict')
    await page.getByTestId('correct-save').click()
    await page.getByTestId('correct-dialog').waitFor({ state: 'detached' })
    expect(await page.getByTestId('tags').textContent()).toContain('Saraiki')
    expect(desk.problems).toEqual([])
  })

  it('works in Urdu on a phone, mirrored, with nothing wider than the screen', async () => {
    const page = await desk.signedIn({ ...PHONE, colorScheme: 'dark' }, { path: '/mentions', language: 'ur' })
    const id = await someMention(page)
    await page.goto(`${desk.url}/mentions?open=${encodeURIComponent(id)}`)
    await page.getByTestId('correct').tap()
    await page.getByTestId('correct-dialog').waitFor()
    expect(await page.evaluate('document.documentElement.dir')).toBe('rtl')
    await page.getByTestId('correct-category').selectOption('crime')
    await page.getByTestId('correct-districts').fill('مرد')
    await page.getByRole('option', { name: 'مردان' }).tap()
    await desk.shot(page, 'correct-phone-ur')
    expect(await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')).toBe(0)
    const [dialog, screen] = [await page.getByTestId('correct-dialog').boundingBox(), page.viewportSize()]
    expect(dialog?.width).toBeLessThanOrEqual(screen?.width ?? 0)
    await page.getByTestId('correct-save').tap()
    await page.getByTestId('correct-dialog').waitFor({ state: 'detached' })
    await page.getByTestId('corrected-category').scrollIntoViewIfNeeded()
    await desk.shot(page, 'corrected-phone-ur')
    expect(await page.getByTestId('tags').textContent()).toContain('مردان')
    expect(desk.problems).toEqual([])
  })
})
