import { describe, expect, test, vi } from 'vitest'

describe('TIMERS_OUTLIVE_REQUESTS under the condition browser', () => {
  test.each([
    ['true in a page, so that the client listens to the feed', { document: {} }, true],
    ['false without a document, as in a worker of an edge platform', {}, false],
  ])('is %s', async (_title, globals, expected) => {
    for (const [name, value] of Object.entries(globals)) vi.stubGlobal(name, value)
    vi.resetModules()
    const { TIMERS_OUTLIVE_REQUESTS } = await import('./default-transport.browser.ts')
    expect(TIMERS_OUTLIVE_REQUESTS).toBe(expected)
  })
})
