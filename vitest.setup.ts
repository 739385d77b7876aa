/** Test files share their process: each leaves it as it was, or fails here before it can disturb the next one. */
import { afterAll, expect, vi } from 'vitest'

const GLOBALS = ['Date', 'fetch', 'Request', 'Response', 'setTimeout', 'clearTimeout', 'setInterval'] as const
const EVENTS = ['warning', 'unhandledRejection', 'uncaughtException'] as const

/** What a test file may change for all others. */
function lookAtProcess() {
  return {
    globals: Object.fromEntries(GLOBALS.map((name) => [name, globalThis[name]])),
    environment: { ...process.env },
    listeners: Object.fromEntries(EVENTS.map((name) => [name, process.listenerCount(name)])),
    hasFalseTimers: vi.isFakeTimers(),
  }
}

const before = lookAtProcess()
afterAll(() => {
  vi.restoreAllMocks()
  expect(lookAtProcess(), 'what the test file leaves behind').toEqual(before)
})
