/** The page in Chromium, as people use it: with a mouse, with the keyboard alone, and with a screen reader. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import axe from 'axe-core'
import { type Browser, chromium, type Page } from 'playwright-core'
import { build } from 'vite'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { findChromium } from '../../../packages/repository/src/site-check/find-chromium.ts'
import { serveSite, type SiteServer } from '../../../packages/repository/src/site-check/serve-site.ts'
import { reportMissing } from '../../../packages/server/test/databases/server-process.ts'

const executablePath = findChromium()
if (executablePath === undefined) reportMissing('the page of the playground', 'chromium')

/** What can be broken, the status that the caller gets, and what the page says about it. */
const BROKEN = [
  ['The token is for another API', 401, 'inactive (denied)'],
  ['The token has too little scope', 403, 'expected "orders:write"'],
  ['The API expects another audience', 401, 'expected "https://orders.example.com/v2"'],
  ['The clock of the API is wrong', 401, 'the clock of this resource server says'],
  ['The API has a wrong secret', 500, 'does not accept the credentials'],
  ['The authorization server is down', 503, 'no complete answer'],
  ['A web page instead of JSON', 502, 'text/html'],
  ['Five megabytes', 502, 'more than 65536 octets'],
  ['"active" is the text "true"', 502, 'active'],
  ['"active" stands there twice', 502, 'a name appears twice'],
  ['A redirect to another server', 502, '302'],
  ['The token has expired', 401, 'inactive (expired)'],
] as const

const directory = mkdtempSync(join(tmpdir(), 'playground-'))
let site: SiteServer
let browser: Browser
let page: Page
/** What must not happen: errors in the console, and requests that the page makes after it has loaded its files. */
let faults: string[]

function button(name: string | RegExp) {
  return page.getByRole('button', { name, disabled: false })
}

function status() {
  return page.getByRole('status')
}

function decision() {
  return page.locator('.playground-decision')
}

async function open(fragment = ''): Promise<void> {
  await page.goto(`${site.origin}/${fragment}`)
  await button(/^Run these/).waitFor()
}

/** Clicks, and waits until the page says what that did. */
async function click(name: string | RegExp, told: string | RegExp): Promise<void> {
  await button(name).click()
  await status().getByText(told).waitFor()
}

describe.skipIf(executablePath === undefined)('the playground', () => {
  beforeAll(async () => {
    const configFile = join(import.meta.dirname, '../vite.config.ts')
    await build({ configFile, logLevel: 'error', build: { outDir: directory, emptyOutDir: true } })
    site = await serveSite(directory)
    // Debian's Chromium refuses its sandbox to root.
    const chromiumSandbox = process.getuid?.() !== 0
    browser = await chromium.launch({ ...(executablePath && { executablePath }), chromiumSandbox })
  })
  afterAll(async () => {
    await browser.close()
    await site[Symbol.asyncDispose]()
    rmSync(directory, { recursive: true })
  })

  beforeEach(async () => {
    page = await browser.newPage({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' })
    // The time limit of all tests stops what hangs.
    page.setDefaultTimeout(0)
    faults = []
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) faults.push(message.text())
    })
    page.on('pageerror', (error) => faults.push(String(error)))
    page.on('request', (request) => {
      const url = new URL(request.url())
      const isOwnFile = url.origin === site.origin && request.method() === 'GET'
      if (!isOwnFile && url.protocol !== 'data:') faults.push(`request to ${url.href}`)
    })
  })
  afterEach(async () => {
    await page.close()
    expect(faults).toEqual([])
  })

  test('runs the story of a token that is revoked, with one click', async () => {
    await open()
    await click(/^Run these 4 steps/, /^Call again: refused/)
    const steps = page.locator('.playground-story-step')
    expect(await steps.allInnerTexts()).toEqual([
      expect.stringContaining('token 1'),
      expect.stringContaining('allowed: the authorization server says'),
      expect.stringMatching(/the feed told the API after \d+ ms/),
      expect.stringContaining('refused with 401'),
    ])
    expect(await decision().innerText()).toContain('401 Refused')
    expect(await page.locator('.playground-token').innerText()).toContain('revoked')
  })

  test('lights up each step of the guard with what it saw', async () => {
    await open()
    await click('Issue a token', /token 1/)
    await click('Call with token 1', /^allowed/)
    const steps = page.getByRole('list', { name: 'Steps of the guard' }).locator('> li')
    expect(await steps.locator('strong').allInnerTexts()).toEqual([
      'token',
      'cache',
      'jwt',
      'transport',
      'response',
      'policy',
      'result',
    ])
    expect(await steps.nth(1).innerText()).toContain('no answer is kept')
    expect(await steps.nth(3).innerText()).toContain('POST https://as.example.com/introspect')
    await click('Call with token 1', /the answer that it kept/)
    expect(await steps.nth(1).innerText()).toMatch(/active, .* old/)
    expect(await steps.nth(3).innerText()).toContain('nothing was asked')
  })

  test('accepts a revoked token without the feed for no longer than it says', async () => {
    await open('#feed=off&keep=60')
    await click('Issue a token', /token 1/)
    await click('Call with token 1', /^allowed/)
    await click('Revoke token 1', /nobody told the API/)
    await click('Call with token 1', /still allowed, although revoked/)
    const late = page.getByRole('region', { name: 'How late can the API notice a revocation?' })
    expect(await late.innerText()).toMatch(/At most 1 min/)
    await click('+1 min', /pass/)
    await click('Call with token 1', /^refused with 401/)
  })

  test('states a bound that grows without the feed, and with the time that answers are kept', async () => {
    await open('#keep=600')
    const bound = page.locator('.playground-big')
    expect(await bound.innerText()).toBe('At most 30 s')
    await page.getByRole('switch', { name: 'Follow the revocation feed' }).uncheck()
    await bound.getByText('10 min').waitFor()
    await page.getByRole('slider', { name: /^Keep answers for/ }).fill('1800')
    await bound.getByText('30 min').waitFor()
    await expect.poll(() => new URL(page.url()).hash).toBe('#feed=off&keep=1800')
  })

  test('says why, whatever is broken', async () => {
    await open()
    for (const [number, [title, code, reason]] of BROKEN.entries()) {
      await page.getByLabel('Break something').selectOption({ label: title })
      await page.getByText(`Broken: ${title}`).waitFor()
      await click('Issue a token', `token ${number + 1},`)
      if (title === 'The token has expired') await click('+1 h', /pass/)
      await click(`Call with token ${number + 1}`, new RegExp(`^refused with ${code}`))
      expect(await decision().innerText()).toContain(`${code} Refused`)
      expect(await page.locator('.playground-panes').innerText()).toContain(reason)
    }
  })

  test('works with the keyboard alone', async () => {
    await open()
    /** Goes to an element as somebody without a mouse does. */
    const tabTo = async (name: string | RegExp): Promise<void> => {
      await expect
        .poll(async () => {
          await page.keyboard.press('Tab')
          return page.getByRole('button', { name }).evaluate((element) => element === document.activeElement)
        })
        .toBe(true)
    }
    await page.locator('body').press('Tab')
    await page.keyboard.press('Enter') // the first button runs the story
    await status()
      .getByText(/^Call again: refused/)
      .waitFor()
    await tabTo('Issue a token')
    await page.keyboard.press('Enter')
    await button('Call with token 2').waitFor()
    await tabTo('Call with token 2')
    await page.keyboard.press('Space')
    await decision().getByText('200 Allowed').waitFor()
    const outline = await page.evaluate(() => getComputedStyle(document.activeElement ?? document.body).outlineStyle)
    expect(outline).toBe('solid')
  })

  test('keeps the focus where it was while the page changes', async () => {
    await open()
    await button('Issue a token').focus()
    await page.keyboard.press('Enter')
    await button('Call with token 1').waitFor()
    expect(await button('Issue a token').evaluate((element) => element === document.activeElement)).toBe(true)
  })

  test.each([
    ['light', 1280],
    ['dark', 1280],
    ['light', 390],
    ['dark', 390],
  ] as const)('has no fault that axe finds, in %s at a width of %i', async (colorScheme, width) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.setViewportSize({ width, height: 844 })
    await open('#feed=off&fault=clock')
    await click(/^Run these/, /refused/)
    await page.evaluate(axe.source)
    const violations = await page.evaluate(async () => {
      const { axe: checker } = globalThis as unknown as { axe: { run(): Promise<{ violations: Violation[] }> } }
      const { violations: found } = await checker.run()
      return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
    })
    expect(violations).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width)
  })

  test('has a name for everything that one can use', async () => {
    await open()
    await click('Issue a token', /token 1/)
    // The page may draw its parts one after the other.
    await expect
      .poll(() => page.getByRole('main').ariaSnapshot(), { timeout: 60_000 })
      .toMatch(
        // In the order of the page.
        /button "Run these 4 steps"[^]*switch "Follow the revocation feed"[^]*slider "Keep answers for 5 min"[^]*combobox "Break something"[^]*button "\+10 s"[^]*button "Copy link"[^]*region "Authorization server"[^]*button "Issue a token"[^]*button "Revoke token 1"[^]*region "API"[^]*button "Call with token 1"[^]*list "Steps of the guard"[^]*region "How late can the API notice a revocation\?"[^]*list "What happened, in its order"/,
      )
  })

  describe('a link', () => {
    test('opens the playground with its settings, and can run the story', async () => {
      await open('#feed=off&keep=120&run=yes')
      await status()
        .getByText(/^Call again: refused/)
        .waitFor()
      expect(await page.getByRole('switch').isChecked()).toBe(false)
      expect(await page.getByRole('slider').inputValue()).toBe('120')
    })

    test('is made by the page, and holds no token', async () => {
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
      await open()
      await page.getByLabel('Break something').selectOption({ label: 'Five megabytes' })
      await page.getByText('Broken: Five megabytes').waitFor()
      await click('Issue a token', /token 1/)
      await button('Copy link').click()
      await button('Link copied').waitFor()
      expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(`${site.origin}/#fault=huge`)
    })

    test.each([
      ['markup as a fault', '#fault=<img src=x onerror=globalThis.harmed=1>'],
      ['markup as a number', '#keep="><script>globalThis.harmed=1</script>&clock=9999&feed=<b>'],
      ['a very long text', `#${'%3Cscript%3E'.repeat(1000)}`],
      ['the names of members that every object has', '#__proto__=x&constructor=y&fault=__proto__'],
    ])('with %s has no effect', async (_, fragment) => {
      await open(fragment)
      expect(await page.evaluate(() => 'harmed' in globalThis)).toBe(false)
      expect(await page.getByRole('switch').isChecked()).toBe(true)
      expect(await page.getByRole('slider').inputValue()).toBe('300')
      expect(await page.getByLabel('Break something').inputValue()).toBe('none')
    })
  })
})

interface Violation {
  readonly id: string
  readonly nodes: readonly { readonly html: string }[]
}
