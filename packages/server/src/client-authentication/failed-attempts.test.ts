import { describe, expect, test, vi } from 'vitest'
import { createMemoryLimiter } from '../limits/limiter.ts'
import { createFailedAttempts } from './failed-attempts.ts'

function setUp(points: number) {
  const clock = { ms: 1_764_000_000_000 }
  const now = () => clock.ms
  const limiter = createMemoryLimiter({ points, windowSeconds: 60, now })
  const consume = vi.spyOn(limiter, 'consume')
  const addresses = createMemoryLimiter({ points: 30, windowSeconds: 60, now })
  const pairs = limiter
  return { attempts: createFailedAttempts({ pairs, addresses }, 1000, now), clock, consume }
}

const exceeded = expect.objectContaining({ code: 'ERR_LIMITS_EXCEEDED', retryAfterSeconds: 60 }) as Error

describe('createFailedAttempts', () => {
  test('blocks a pair when its budget is used up, without asking the limiter again (ERR-10)', () => {
    const { attempts, consume } = setUp(2)
    void attempts.count('orders', '192.0.2.1', true)
    void attempts.count('orders', '192.0.2.1', true)
    expect(() => attempts.count('orders', '192.0.2.1', true)).toThrow(exceeded)
    expect(() => attempts.requireOpen('orders', '192.0.2.1')).toThrow(exceeded)
    expect(consume).toHaveBeenCalledTimes(3)
  })

  test('blocks no other address and no other identifier', () => {
    const { attempts } = setUp(1)
    void attempts.count('orders', '192.0.2.1', true)
    expect(() => attempts.count('orders', '192.0.2.1', true)).toThrow(exceeded)
    attempts.requireOpen('orders', '192.0.2.2')
    attempts.requireOpen('invoices', '192.0.2.1')
  })

  test.each([
    ['2001:db8::1', '2001:db8:0:0:ffff:ffff:ffff:ffff', true],
    ['2001:db8:1:2:3:4:5:6', '2001:0DB8:0001:0002::', true],
    ['2001:db8:1:2::1', '2001:db8:1:3::1', false],
    ['2001:db8::1', '2001:db9::1', false],
    ['fe80::1%eth0', 'fe80::2', true],
    ['::1', '::2', true],
    ['192.0.2.1:40001', '192.0.2.1:40002', true],
    ['192.0.2.1', '192.0.2.1:40002', true],
    ['[2001:db8::1]:40001', '2001:db8::2', true],
    ['::ffff:192.0.2.1', '192.0.2.1', true],
    ['::ffff:192.0.2.1', '::ffff:192.0.2.2', false],
    ['0:0:0:0:0:ffff:192.0.2.1', '[::FFFF:192.0.2.1]:443', true],
  ])('treats %s and %s as one sender: %s (ERR-10)', (address, other, same) => {
    const { attempts } = setUp(1)
    void attempts.count('orders', address, true)
    expect(() => attempts.count('orders', address, true)).toThrow(exceeded)
    const again = () => attempts.requireOpen('orders', other)
    if (same) expect(again).toThrow(exceeded)
    else again()
  })

  test('ends the block in time', () => {
    const { attempts, clock } = setUp(1)
    void attempts.count('orders', '192.0.2.1', true)
    expect(() => attempts.count('orders', '192.0.2.1', true)).toThrow(exceeded)
    clock.ms += 59_999
    expect(() => attempts.requireOpen('orders', '192.0.2.1')).toThrow()
    clock.ms += 1
    attempts.requireOpen('orders', '192.0.2.1')
  })

  test('counts failures per address for all identifiers, without blocking the address', () => {
    const { attempts } = setUp(5)
    for (let failure = 0; failure < 30; failure++) void attempts.count(`made-up-${failure}`, '192.0.2.1', true)
    expect(() => attempts.count('made-up', '192.0.2.1', true)).toThrow(exceeded)
    expect(() => attempts.count('orders', '192.0.2.1', true)).toThrow(exceeded)
    attempts.requireOpen('orders', '192.0.2.1')
    void attempts.count('orders', '192.0.2.2', true)
  })

  test('ends the block when the clock is set back', () => {
    const { attempts, clock } = setUp(1)
    void attempts.count('orders', '192.0.2.1', true)
    expect(() => attempts.count('orders', '192.0.2.1', true)).toThrow(exceeded)
    clock.ms -= 3_600_000
    attempts.requireOpen('orders', '192.0.2.1')
  })

  test('counts nothing without an address', () => {
    const { attempts, consume } = setUp(1)
    for (let failure = 0; failure < 5; failure++) void attempts.count('orders', undefined, true)
    attempts.requireOpen('orders', undefined)
    expect(consume).not.toHaveBeenCalled()
  })

  test('blocks no caller without failures, however many made-up identifiers are blocked', () => {
    const { attempts } = setUp(1)
    const fail = (id: string, address: string, isRegistered = false): void => {
      try {
        void attempts.count(id, address, isRegistered)
      } catch {}
    }
    // Twice as many as needed to fill every table.
    for (let index = 0; index < 40_000; index++) fail(`made-up-${index}`, '192.0.2.1')
    attempts.requireOpen('orders', '192.0.2.2')
    expect(attempts.isClosed('orders', '192.0.2.2')).toBe(false)
    // Failures are still counted, and block the registered identifier for their address.
    fail('orders', '192.0.2.3', true)
    fail('orders', '192.0.2.3', true)
    attempts.requireOpen('orders', '192.0.2.3')
    expect(attempts.isClosed('orders', '192.0.2.3')).toBe(true)
    expect(attempts.isClosed('orders', '192.0.2.2')).toBe(false)
  })

  test('keeps only the first 256 characters of an identifier', () => {
    const { attempts, consume } = setUp(1)
    void attempts.count('x'.repeat(30_000), '192.0.2.1', true)
    expect(consume.mock.calls[0]?.[0].length).toBeLessThan(300)
  })

  test('reports a failure of the limiter as such', () => {
    const limiter = { consume: () => Promise.reject(new Error('down')) }
    const attempts = createFailedAttempts({ pairs: limiter, addresses: limiter }, 1000, () => 0)
    return expect(attempts.count('orders', '192.0.2.1', true)).rejects.toMatchObject({ code: 'ERR_LIMITS_LIMITER' })
  })
})
