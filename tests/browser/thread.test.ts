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
const ANSWER = 'وعلیکم السلام، آپ کا پیغام مل گیا ہے، ہمارا افسر رابطہ کرے گا۔'

describe.skipIf(CHROMIUM === undefined)('a thread in Chromium (skipped where there is none)', () => {
  const folder = temporaryFolder()
  const shots = packagePath('test-results/screenshots')
  const problems: string[] = []
  let rabta: RabtaProcess
  let browser: Browser
  /** The address of the thread that the first test answers in. */
  let opened = ''

  beforeAll(async () => {
    mkdirSync(shots, { recursive: true })
    rabta = await startRabta({
      RABTA_DATA: folder.path,
      RABTA_PORT: '0',
      RABTA_ADMIN_PASSWORD: PASSWORD,
      RABTA_DEMO_SECONDS: '20',
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

  async function signedIn(options: BrowserContextOptions, path: string): Promise<Page> {
    const context = await browser.newContext(options)
    if (options.locale === 'ur-PK') await context.addInitScript(`localStorage.setItem('rabta.language', 'ur')`)
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

  const shot = (page: Page, name: string) => page.screenshot({ path: `${shots}/${name}.png` })

  it('shows the answer to a WhatsApp message on our side, below it, with how far it came', async () => {
    const page = await signedIn(WIDE, '/mentions?channel=whatsapp&lang=ur')
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
    await shot(page, 'thread-wide')
    await page.context().close()
  })

  it('shows the same on a phone in the dark', async () => {
    const page = await signedIn({ ...PHONE, colorScheme: 'dark' }, opened)
    await page.getByTestId('outbound').waitFor()
    await expectOnOurSide(page, false)
    await noOverflow(page)
    await shot(page, 'thread-phone-dark-top')
    await page.getByTestId('outbound').scrollIntoViewIfNeeded()
    await shot(page, 'thread-phone-dark')
    await page.context().close()
  })

  it('shows it mirrored on the Urdu page', async () => {
    const page = await signedIn({ ...WIDE, locale: 'ur-PK' }, opened)
    await page.getByTestId('outbound').waitFor()
    expect(await page.evaluate('document.documentElement.dir')).toBe('rtl')
    await expectOnOurSide(page, true)
    expect(await page.getByTestId('outbound-status').textContent()).not.toMatch(/[a-z]/i)
    await page.getByTestId('outbound').scrollIntoViewIfNeeded()
    await shot(page, 'thread-urdu')
    await page.context().close()
  })

  it('lists where messages come from, wide, on a phone in the dark and in Urdu', async () => {
    for (const [name, options] of [
      ['sources-wide', WIDE],
      ['sources-phone-dark', { ...PHONE, colorScheme: 'dark' }],
      ['sources-urdu', { ...WIDE, locale: 'ur-PK' }],
    ] as const) {
      const page = await signedIn(options, '/sources')
      await page.getByTestId('source-row').first().waitFor()
      expect(await page.getByTestId('source-state').count()).toBe(await page.getByTestId('source-row').count())
      await noOverflow(page)
      await shot(page, name)
      await page.context().close()
    }
  })

  it('had no error in any page', () => {
    expect(problems).toEqual([])
  })
})
