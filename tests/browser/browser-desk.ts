import { existsSync, mkdirSync } from 'node:fs'
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core'
import { expect } from 'vitest'
import { packagePath } from '../../runtime/package-root.js'
import { endAllRabta, startRabta, type RabtaProcess } from '../support/rabta-process.js'
import { temporaryFolder } from '../support/temporary-folder.js'

/** Where the system has a Chromium; undefined where it has none, and the browser tests are skipped. */
export const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
)
export const WIDE = { viewport: { width: 1440, height: 900 } }
export const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }
/** How long a page may take to show what a test waits for. */
export const STEP_MS = 20_000

export const SHOTS = packagePath('test-results/screenshots')

const PASSWORD = 'browser-only-password'

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Starts the system's Chromium without a word to anybody outside; makes the folder for the pictures too. */
export async function launchChromium(): Promise<Browser> {
  mkdirSync(SHOTS, { recursive: true })
  return chromium.launch({ executablePath: CHROMIUM ?? '', args: ARGUMENTS })
}

export interface SignIn {
  /** The page's address below the desk's. */
  readonly path?: string
  /** The language of the pages, as the desk keeps it in the browser; else the desk's own choice. */
  readonly language?: string
  /** What is there once the page can be used. */
  readonly until?: string
}

/** A running demonstration and a browser that signs in to it. */
export interface BrowserDesk {
  readonly url: string
  readonly browser: Browser
  /** Errors that the pages met and nobody expected. */
  readonly problems: readonly string[]
  signedIn(options: BrowserContextOptions, how?: SignIn): Promise<Page>
  shot(page: Page, name: string, options?: { readonly fullPage?: boolean }): Promise<unknown>
  /** Ends both; the demonstration must end by itself, and well. */
  close(): Promise<void>
}

/** `demoSeconds` is how long the story of the demonstration takes; `refusals` are statuses that the tests bring about, besides 401: who is signed in is asked first. */
export async function openBrowserDesk({
  demoSeconds,
  refusals = [],
}: {
  readonly demoSeconds: number
  readonly refusals?: readonly number[]
}): Promise<BrowserDesk> {
  const folder = temporaryFolder()
  const rabta: RabtaProcess = await startRabta({
    RABTA_DATA: folder.path,
    RABTA_PORT: '0',
    RABTA_ADMIN_PASSWORD: PASSWORD,
    RABTA_DEMO_SECONDS: String(demoSeconds),
    RABTA_LOG_LEVEL: 'warn',
  })
  const browser = await launchChromium()
  const problems: string[] = []
  const expected = [401, ...refusals].map(String)
  return {
    url: rabta.url,
    browser,
    problems,
    async signedIn(options, { path = '/', language, until = 'live-state' } = {}) {
      const context = await browser.newContext(options)
      if (language !== undefined) await context.addInitScript(`localStorage.setItem('rabta.language', '${language}')`)
      const page = await context.newPage()
      page.setDefaultTimeout(STEP_MS)
      page.on('pageerror', (error) => problems.push(error.message))
      page.on('console', (message) => {
        const text = message.text()
        if (message.type() === 'error' && !expected.some((status) => text.includes(status))) problems.push(text)
      })
      await page.goto(`${rabta.url}${path}`)
      await page.getByTestId('sign-in-username').fill('admin')
      await page.getByTestId('sign-in-password').fill(PASSWORD)
      await page.getByTestId('sign-in-submit').click()
      await page.getByTestId(until).waitFor()
      return page
    },
    shot: (page, name, options = {}) => page.screenshot({ path: `${SHOTS}/${name}.png`, ...options }),
    async close() {
      await browser.close()
      expect(await rabta.kill('SIGTERM')).toEqual({ code: 0, signal: null })
      await endAllRabta()
      folder.remove()
    },
  }
}
