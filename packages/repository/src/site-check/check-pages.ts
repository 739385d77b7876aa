/** What a person would see go wrong on the built site, in a real browser. */
import type { Browser, Page } from 'playwright-core'

/** A phone, in CSS pixels. */
const PHONE = { width: 390, height: 844 }
const DESKTOP = { width: 1280, height: 900 }

/** How long a page has, also on a busy machine. */
const TIMEOUT_MS = 120_000

/** A rule of accessibility that a page breaks. */
interface Violation {
  readonly id: string
  readonly nodes: readonly { readonly target: readonly unknown[]; readonly failureSummary?: string }[]
}

/** Hears of each problem as it is found. */
export type Report = (problem: string) => void

/** Opens every page on a phone. Each loads without an error and without another host, has one title, and does not scroll sideways. */
export async function checkOnPhone(
  browser: Browser,
  origin: string,
  paths: readonly string[],
  report: Report,
): Promise<void> {
  await withPage(browser, { viewport: PHONE }, async (page) => {
    page.on('console', (message) => message.type() === 'error' && report(`${page.url()}: ${message.text()}`))
    page.on('pageerror', (error) => report(`${page.url()}: ${error.message}`))
    page.on(
      'response',
      (response) => response.ok() || report(`${page.url()}: ${response.status()} for ${response.url()}`),
    )
    page.on('request', (request) => isElsewhere(request.url(), origin) && report(`${page.url()} asks ${request.url()}`))
    for (const path of paths) {
      await page.goto(origin + path)
      const titles = await page.locator('main h1').count()
      if (titles !== 1) report(`${path} has ${titles} titles`)
      const width = await page.evaluate<number>('document.documentElement.scrollWidth')
      if (width > PHONE.width) report(`${path} is ${width} pixels wide on a phone of ${PHONE.width}`)
    }
  })
}

/** Searches for a word as a reader does, and opens the first page that is found. */
export async function checkSearch(browser: Browser, origin: string, word: string, report: Report): Promise<void> {
  await withPage(browser, { viewport: DESKTOP }, async (page) => {
    await page.goto(`${origin}/`)
    const input = page.locator('#localsearch-input')
    // The page does not hear a key before its script runs.
    for (let press = 0; press < 100 && !(await input.isVisible()); press += 1) {
      await page.keyboard.press('Control+k')
      await page.waitForTimeout(100)
    }
    await input.fill(word)
    await page.locator('#localsearch-list a').first().click()
    await page.waitForURL((url) => url.pathname !== '/')
    const text = await page.locator('main').innerText()
    if (!text.toLowerCase().includes(word)) report(`the search for ${word} finds ${page.url()}, which does not have it`)
  })
}

/**
 * Looks for colours without contrast, controls without names and the like, in both colour schemes.
 *
 * @param axe - the script of axe, which runs in the page
 */
export async function checkAccessibility(
  browser: Browser,
  origin: string,
  paths: readonly string[],
  axe: string,
  report: Report,
): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await withPage(browser, { viewport: DESKTOP, colorScheme }, async (page) => {
      for (const path of paths) {
        await page.goto(origin + path)
        await page.addScriptTag({ content: axe })
        const violations = await page.evaluate<Violation[]>('axe.run().then(({ violations }) => violations)')
        for (const { id, nodes } of violations)
          for (const { target, failureSummary } of nodes)
            report(`${path} (${colorScheme}): ${id} at ${target.join(' ')}: ${failureSummary ?? ''}`)
      }
    })
  }
}

/**
 * Reads the types of names in examples: by keyboard, by pointer, and on a phone by a tap, without a page that scrolls sideways.
 *
 * @param axe - the script of axe, which looks at an open type
 */
export async function checkTypes(
  browser: Browser,
  origin: string,
  path: string,
  axe: string,
  report: Report,
): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await withPage(browser, { viewport: DESKTOP, colorScheme }, async (page) => {
      await page.goto(origin + path)
      await page.locator(REACHABLE_NAME).first().waitFor()
      await page.locator('.vp-doc pre:has(.typed-name)').first().focus()
      await page.keyboard.press('Tab')
      await expectType(page, `${path} (${colorScheme}), after Tab`, report)
      const first = await page.evaluate<string>(FOCUSED)
      await page.keyboard.press('ArrowRight')
      if ((await page.evaluate<string>(FOCUSED)) === first) report(`${path}: an arrow key leads to no other name`)
      await page.addScriptTag({ content: axe })
      const violations = await page.evaluate<Violation[]>('axe.run().then(({ violations }) => violations)')
      for (const { id, nodes } of violations)
        report(
          `${path} (${colorScheme}), with a type: ${id} at ${nodes.map(({ target }) => target.join(' ')).join(', ')}`,
        )
      await page.keyboard.press('Escape')
      if (await page.locator(OPEN_TYPE).isVisible()) report(`${path}: Escape does not hide a type`)
      await page.locator('.typed-name').last().hover()
      await expectType(page, `${path} (${colorScheme}), at the pointer`, report)
    })
  }
  await withPage(browser, { viewport: PHONE, hasTouch: true }, async (page) => {
    await page.goto(origin + path)
    await page.locator(REACHABLE_NAME).first().tap()
    await expectType(page, `${path}, after a tap`, report)
    const width = await page.evaluate<number>('document.documentElement.scrollWidth')
    if (width > PHONE.width) report(`${path} with a type is ${width} pixels wide on a phone of ${PHONE.width}`)
  })
}

/** The script of the page makes the first name of each example reachable, and listens to it from then on. */
const REACHABLE_NAME = '.typed-name[tabindex="0"]'
const OPEN_TYPE = '#type-of-name:popover-open'
const FOCUSED = 'document.activeElement.textContent'

/** A type is shown, it has a text, and it is inside the window. */
async function expectType(page: Page, place: string, report: Report): Promise<void> {
  const type = page.locator(OPEN_TYPE)
  await type.waitFor()
  if ((await type.innerText()).trim() === '') report(`${place}: the type is empty`)
  const { x, width } = (await type.boundingBox()) ?? { x: 0, width: 0 }
  const windowWidth = page.viewportSize()?.width ?? 0
  if (x < 0 || x + width > windowWidth) report(`${place}: the type is not inside the window`)
}

function isElsewhere(url: string, origin: string): boolean {
  return url.startsWith('http') && new URL(url).origin !== origin
}

async function withPage(
  browser: Browser,
  options: Parameters<Browser['newContext']>[0],
  use: (page: Page) => Promise<void>,
): Promise<void> {
  const context = await browser.newContext(options)
  context.setDefaultTimeout(TIMEOUT_MS)
  try {
    await use(await context.newPage())
  } finally {
    await context.close()
  }
}
