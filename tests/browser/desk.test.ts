import { existsSync, mkdirSync } from 'node:fs'
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { packagePath } from '../../runtime/package-root.js'
import { endAllRabta, startRabta, type RabtaProcess } from '../support/rabta-process.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
)
const PASSWORD = 'browser-only-password'
const WIDE = { viewport: { width: 1440, height: 900 } }
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }
const STEP_MS = 20_000

describe.skipIf(CHROMIUM === undefined)('the desk in Chromium (skipped where there is none)', () => {
  const folder = temporaryFolder()
  const shots = packagePath('test-results/screenshots')
  const problems: string[] = []
  let rabta: RabtaProcess
  let browser: Browser

  beforeAll(async () => {
    mkdirSync(shots, { recursive: true })
    rabta = await startRabta({
      RABTA_DATA: folder.path,
      RABTA_PORT: '0',
      RABTA_ADMIN_PASSWORD: PASSWORD,
      RABTA_DEMO_SECONDS: '30',
      RABTA_LOG_LEVEL: 'warn',
    })
    browser = await chromium.launch({
      executablePath: CHROMIUM ?? '',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    })
  })

  afterAll(async () => {
    await browser.close()
    expect(await rabta.kill('SIGTERM')).toEqual({ code: 0, signal: null })
    await endAllRabta()
    folder.remove()
  })

  async function signedIn(options: BrowserContextOptions, path = '/'): Promise<Page> {
    const context = await browser.newContext(options)
    const page = await context.newPage()
    page.setDefaultTimeout(STEP_MS)
    page.on('pageerror', (error) => problems.push(error.message))
    page.on('console', (message) => {
      // The one request that is refused by design asks whether somebody is signed in already.
      if (message.type() === 'error' && !message.text().includes('401')) problems.push(message.text())
    })
    await page.goto(`${rabta.url}${path}`)
    await page.getByTestId('sign-in-username').fill('admin')
    await page.getByTestId('sign-in-password').fill(PASSWORD)
    await page.getByTestId('sign-in-submit').click()
    await page.getByTestId('live-state').waitFor()
    return page
  }

  const shot = (page: Page, name: string) => page.screenshot({ path: `${shots}/${name}.png` })

  it('signs in, rings, acknowledges, searches in Urdu, opens, replies and sees the reply delivered', async () => {
    const page = await signedIn(WIDE)
    expect(await page.getByTestId('demonstration').isVisible()).toBe(true)

    const card = page.getByTestId('alert-card').first()
    await card.waitFor()
    await shot(page, 'watch-wide')
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
    await shot(page, 'mentions-wide')

    await page.getByTestId('composer').fill('وعلیکم السلام، آپ کا پیغام مل گیا ہے۔')
    await page.keyboard.press('Control+Enter')
    await page.getByTestId('outbound-status').first().waitFor()
    await expect
      .poll(async () => page.getByTestId('outbound-status').first().textContent(), { timeout: STEP_MS })
      .toMatch(/sent|delivered|read/i)
    await shot(page, 'replied-wide')
    await page.context().close()
  })

  it('is refused with a wrong password, in words', async () => {
    const page = await (await browser.newContext(WIDE)).newPage()
    await page.goto(rabta.url)
    await page.getByTestId('sign-in-username').fill('admin')
    await page.getByTestId('sign-in-password').fill('not the password')
    await page.getByTestId('sign-in-submit').click()
    await page.getByTestId('sign-in-problem').waitFor()
    await page.context().close()
  })

  it('keeps its filters in the address: a reload and a second window show the same', async () => {
    const page = await signedIn(WIDE, '/mentions?category=extortion')
    await page.getByTestId('mention-row').first().waitFor()
    expect(await page.getByTestId('filter-token').count()).toBeGreaterThan(0)
    await page.reload()
    await page.getByTestId('mention-row').first().waitFor()
    expect(await page.getByTestId('filter-token').count()).toBeGreaterThan(0)
    await page.context().close()
  })

  it('fits a phone and a dark room, and speaks Urdu', async () => {
    const phone = await signedIn({ ...PHONE, colorScheme: 'dark' })
    await phone.getByTestId('alert-card').first().waitFor()
    const overflow = await phone.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
    expect(overflow).toBeLessThanOrEqual(0)
    await shot(phone, 'watch-phone-dark')
    await phone.context().close()

    const dark = await signedIn({ ...WIDE, colorScheme: 'dark' }, '/mentions')
    await dark.getByTestId('mention-row').first().waitFor()
    await shot(dark, 'mentions-dark')
    await dark.context().close()

    const urdu = await signedIn({ ...WIDE, locale: 'ur-PK' }, '/mentions?lang=ur')
    await urdu.getByTestId('mention-row').first().waitFor()
    await urdu.getByTestId('mention-row').first().click()
    await urdu.getByTestId('reading-pane').waitFor()
    await shot(urdu, 'mentions-urdu')
    await urdu.context().close()
  })

  it('had no error in any page', () => {
    expect(problems).toEqual([])
  })
})
