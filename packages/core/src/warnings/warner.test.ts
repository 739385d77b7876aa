import { describe, expect, test, vi } from 'vitest'
import { createWarner, type Warning } from './warner.ts'

function setUp() {
  const clock = { ms: 1000 }
  const told: Warning[] = []
  const warn = createWarner({ onWarning: (warning) => told.push(warning), nowMs: () => clock.ms })
  return { clock, told, warn }
}

const warning = { code: 'ERR_A', endpoint: 'https://as.example.com/introspect', message: 'm [ERR_A]' }

describe('createWarner', () => {
  test('warns once a minute about one code at one endpoint', () => {
    const { clock, told, warn } = setUp()
    for (let count = 0; count < 1000; count++) warn(warning)
    expect(told).toEqual([warning])
    clock.ms += 59_999
    warn(warning)
    expect(told).toHaveLength(1)
    clock.ms += 1
    warn(warning)
    expect(told).toHaveLength(2)
  })

  test('ends a message with its code', () => {
    const { told, warn } = setUp()
    warn({ ...warning, message: 'm' })
    expect(told).toEqual([warning])
  })

  test('counts each code and each endpoint separately', () => {
    const { told, warn } = setUp()
    warn(warning)
    warn({ ...warning, code: 'ERR_B' })
    warn({ ...warning, endpoint: undefined })
    expect(told).toHaveLength(3)
  })

  test('warns again after the clock was set back', () => {
    const { clock, told, warn } = setUp()
    warn(warning)
    clock.ms -= 500
    warn(warning)
    expect(told).toHaveLength(2)
  })

  test('continues after a listener throws', () => {
    const warn = createWarner({
      onWarning: () => {
        throw new Error('x')
      },
      nowMs: () => 0,
    })
    expect(() => warn(warning)).not.toThrow()
  })

  test('continues after a listener rejects', async () => {
    const onWarning = vi.fn((): unknown => Promise.reject(new Error('x')))
    createWarner({ onWarning, nowMs: () => 0 })(warning)
    // An unhandled rejection would fail the test run.
    await expect(onWarning.mock.results[0]?.value).rejects.toThrow('x')
  })
})
