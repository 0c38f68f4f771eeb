import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createWhatsAppHook } from '../../channels/whatsapp/hook.js'
import { createWhatsAppMedia } from '../../channels/whatsapp/media.js'
import { createDistrictEnricher } from '../../enrich/enrichers/districts/districts.js'
import { createMediaHandler } from '../../ingest/media.js'
import { createMediaWorker } from '../../ingest/media-worker.js'
import { systemClock } from '../../runtime/clock.js'
import { openMediaFiles } from '../../runtime/media/media-files.js'
import { createMediaStore } from '../../runtime/media-store.js'
import { packagePath } from '../../runtime/package-root.js'
import type { Tags } from '../../schemas/tags.js'
import type { Mention } from '../../schemas/mention.js'
import { HTML_PAGE, JPEG, MP4, OGG_OPUS, PNG, SVG_WITH_SCRIPT } from '../../simulators/media-samples.js'
import { startWhatsAppSimulator, type WhatsAppSimulator } from '../../simulators/whatsapp.js'
import type { WhatsAppContent } from '../../simulators/whatsapp/wire.js'
import { startServer } from '../channels/http-server.js'
import { listen, openHouse, type House } from '../desk/house.js'
import { FakeClock } from '../support/fake-clock.js'
import { makeEnriched, makeTags } from '../support/mentions.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { openTestRecords } from '../support/test-records.js'
import { CHROMIUM, launchChromium, SHOTS, STEP_MS } from './browser-desk.js'

const PAGES = packagePath('desk/web/dist')
const INSULTING = { threat: { keywords: [], threatening: 0, offensive: 0.9 } }

describe.skipIf(CHROMIUM === undefined || !existsSync(PAGES))(
  'media in Chromium (skipped without it, or without a build)',
  () => {
    const folder = temporaryFolder()
    const problems: string[] = []
    const stop = new AbortController()
    const ids = new Map<string, string>()
    let house: House
    let whatsapp: WhatsAppSimulator
    let working: Promise<void>
    let browser: Browser
    let url: string

    beforeAll(async () => {
      const { records } = await openTestRecords()
      const clock = systemClock
      const media = createMediaStore({
        records,
        files: await openMediaFiles({ folder: join(folder.path, 'media') }),
        clock,
      })
      await media.recover()
      house = await openHouse({ media, pages: PAGES, clock }, { clock: new FakeClock(Date.now()) })
      const keys = { appSecret: 's', verifyToken: 'v', accessToken: 'the-token' }
      whatsapp = await startWhatsAppSimulator({ clock, ...keys, phoneNumberId: '1' })
      const fetcher = createWhatsAppMedia({ baseUrl: whatsapp.url, version: 'v23.0', accessToken: 'the-token', clock, loopbackOnly: true }) // prettier-ignore
      const { bus, log, metrics } = house
      working = createMediaWorker({ store: media, fetchers: [fetcher], bus, clock, log, metrics, minFreeBytes: 0 }).run(
        stop.signal,
      )
      const handle = createMediaHandler({ store: media, fetched: new Set(['whatsapp']) })

      const format = createWhatsAppHook(keys)
      const arrived: Mention[] = []
      const hook = await startServer(({ url: { searchParams }, body, method }, response) => {
        if (method === 'POST') {
          const { changes } = format.read(JSON.parse(body), { receivedAt: clock.iso() })
          for (const change of changes) if (change.type !== 'deleted') arrived.push(change.mention)
        }
        response.end(searchParams.get('hub.challenge') ?? 'ok')
      })
      await whatsapp.connect(hook.url)
      const send = async (name: string, content: WhatsAppContent, tags: Partial<Tags> = {}): Promise<void> => {
        whatsapp.receive({ ...content, from: { waId: '923000000201', name: 'A citizen' } })
        await whatsapp.idle()
        const mention = arrived.at(-1)
        if (mention === undefined) throw new Error('nothing arrived')
        await handle([{ key: mention.id, value: { type: 'written', mention }, partition: 0, offset: 0 }], stop.signal)
        const districts = createDistrictEnricher().enrich(mention, makeTags())
        house.memory.mentions.push(makeEnriched({ ...mention, schema: 'rabta.enriched-mention/1', unjudged: null }, { districts, ...tags })) // prettier-ignore
        ids.set(name, mention.id)
      }
      await send('voice', { type: 'audio', mimeType: 'audio/ogg; codecs=opus', voice: true, bytes: OGG_OPUS })
      await send('picture', { type: 'image', mimeType: 'image/jpeg', bytes: JPEG, caption: 'دیکھیں' })
      await send('film', { type: 'video', mimeType: 'video/mp4', bytes: MP4 })
      await send('insult', { type: 'image', mimeType: 'image/png', bytes: PNG, caption: 'an insult' }, INSULTING)
      await send('pin', { type: 'location', latitude: 34.918, longitude: 72.362, name: 'Matta' })
      await send('svg', { type: 'image', mimeType: 'image/svg+xml', bytes: SVG_WITH_SCRIPT })
      await send('html', { type: 'document', mimeType: 'text/html', filename: 'bill.html', bytes: HTML_PAGE })
      await send('disguised', { type: 'image', mimeType: 'image/jpeg', bytes: HTML_PAGE })
      // The next file that is fetched shall be the one that is too large.
      while ((await media.waiting('whatsapp')) > 0) await systemClock.sleep(50)
      whatsapp.failMedia('too-large', { times: 1 })
      await send('large', { type: 'video', mimeType: 'video/mp4', bytes: MP4 })
      await hook.close()
      url = await listen(house.app)
      browser = await launchChromium()
    })

    afterAll(async () => {
      await browser?.close()
      stop.abort(new Error('the test is over'))
      await working
      await whatsapp?.close()
      await house?.stop()
      folder.remove()
    })

    async function opened(name: string, language = 'en'): Promise<Page> {
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-GB' })
      const [cookie = '', token = ''] = (await house.cookieOf()).split('=')
      await context.addCookies([{ name: cookie, value: token, url }])
      await context.addInitScript(
        `if (window.origin !== 'null') localStorage.setItem('rabta.language', JSON.parse('${JSON.stringify(language)}'))`,
      )
      const page = await context.newPage()
      page.setDefaultTimeout(STEP_MS)
      page.on('pageerror', (error) => problems.push(error.message))
      page.on('console', (message) => {
        if (message.type() === 'error') problems.push(message.text())
      })
      await page.goto(`${url}/mentions?open=${encodeURIComponent(ids.get(name) ?? '')}`)
      await page.getByTestId('reading-pane').waitFor()
      return page
    }
    const stored = (page: Page) => page.locator('[data-testid=media][data-status=stored]').waitFor()
    const fileUrl = (name: string) => `${url}/api/mentions/${encodeURIComponent(ids.get(name) ?? '')}/media/0`

    it('a voice note plays, and says how long it is', async () => {
      const page = await opened('voice')
      await stored(page)
      await page.getByTestId('media-sound').waitFor()
      await page.getByText(/0:03.* long/).waitFor()
      await page.evaluate('document.querySelector("audio").muted = true, document.querySelector("audio").play()')
      await expect
        .poll(() => page.evaluate('document.querySelector("audio").currentTime'), { timeout: STEP_MS })
        .toBeGreaterThan(0.2)
      await page.screenshot({ path: `${SHOTS}/media-voice.png` })
      await page.context().close()
    })

    it('a picture is seen, and opens large', async () => {
      const page = await opened('picture')
      const picture = page.getByTestId('media-picture')
      await picture.waitFor()
      const width = 'document.querySelector("[data-testid=media-picture] img").naturalWidth'
      await expect.poll(() => page.evaluate(width), { timeout: STEP_MS }).toBe(96)
      await picture.click()
      await page.getByTestId('media-large').waitFor()
      await page.screenshot({ path: `${SHOTS}/media-picture.png` })
      await page.keyboard.press('Escape')
      await page.getByTestId('media-dialog').waitFor({ state: 'detached' })
      expect(await page.getByTestId('reading-pane').isVisible()).toBe(true)
      await page.context().close()
    })

    it('a film plays', async () => {
      const page = await opened('film')
      await page.getByTestId('media-film').waitFor()
      await page.evaluate('document.querySelector("video").muted = true, document.querySelector("video").play()')
      await expect
        .poll(() => page.evaluate('document.querySelector("video").currentTime'), { timeout: STEP_MS })
        .toBeGreaterThan(0.1)
      await page.context().close()
    })

    it('a picture that comes with an insult is covered until somebody asks for it', async () => {
      const page = await opened('insult')
      await page.getByTestId('media-veil').waitFor()
      expect(await page.locator('.media img').count()).toBe(0)
      await page.getByTestId('media-veil').click()
      await page.getByTestId('media-picture').waitFor()
      await page.context().close()
    })

    it('a pin shows its district, in the language of the page, and calls nobody', async () => {
      const page = await opened('pin')
      const asked: string[] = []
      page.on('request', (request) => asked.push(new URL(request.url()).host))
      await expect.poll(() => page.getByTestId('pin-district').textContent(), { timeout: STEP_MS }).toBe('in Swat')
      expect(await page.getByTestId('media-pin').textContent()).toContain('geo:34.91800,72.36200')
      expect(await page.getByTestId('pin-map').getAttribute('rel')).toContain('noreferrer')
      await page.screenshot({ path: `${SHOTS}/media-pin.png` })
      expect(asked.filter((host) => host !== new URL(url).host)).toEqual([])
      await page.context().close()
      const urdu = await opened('pin', 'ur')
      await expect.poll(() => urdu.getByTestId('pin-district').textContent(), { timeout: STEP_MS }).toContain('سوات')
      await urdu.screenshot({ path: `${SHOTS}/media-pin-urdu.png` })
      await urdu.context().close()
    })

    it.each(['svg', 'html', 'disguised'])('%s is offered for download alone, and runs nothing', async (name) => {
      const page = await opened(name)
      await page.locator('[data-testid=media][data-shown-as=unsafe]').waitFor()
      expect(await page.locator('.media img, .media iframe, .media object, .media embed, .media svg').count()).toBe(0)
      const waiting = page.waitForEvent('download')
      await page.getByTestId('media-download').click()
      expect((await waiting).suggestedFilename()).toMatch(/\.bin$/)
      // Somebody copies the address into the bar, or another page frames it: still nothing runs.
      const direct = page.waitForEvent('download')
      await page.evaluate(`void (location.href = ${JSON.stringify(fileUrl(name))})`)
      await direct
      await page.evaluate(`(async () => {
      const frame = document.createElement('iframe')
      frame.src = ${JSON.stringify(fileUrl(name))}
      document.body.append(frame)
      const image = new Image()
      image.src = ${JSON.stringify(fileUrl(name))}
      document.body.append(image)
      await new Promise((resolve) => { image.onload = image.onerror = resolve })
    })()`)
      expect(await page.evaluate('window.harmed')).toBeUndefined()
      await page.screenshot({ path: `${SHOTS}/media-${name}.png` })
      await page.context().close()
    })

    it('a stored picture opened by itself is nobody’s page', async () => {
      const page = await opened('picture')
      const answer = await page.goto(fileUrl('picture'))
      expect(answer?.headers()['content-security-policy']).toContain('sandbox')
      expect(await page.evaluate('window.origin')).toBe('null')
      await page.context().close()
    })

    it('what is too large says so', async () => {
      const page = await opened('large')
      await page.locator('[data-testid=media][data-status=refused]').waitFor()
      expect(await page.getByTestId('media').textContent()).toContain('larger than what is fetched')
      await page.context().close()
    })

    it('had no error in any page', () => {
      // A file that is framed or shown against its headers is refused aloud.
      expect(
        problems.filter(
          (problem) => !/frame|refused to display|ERR_BLOCKED|net::ERR|inline style violates/i.test(problem),
        ),
      ).toEqual([])
    })
  },
)
