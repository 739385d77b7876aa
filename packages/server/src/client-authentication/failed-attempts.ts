/** Slows down who guesses secrets: failures are counted per claimed identifier and address (RFC 6749 §2.3.1). */
import { LRUCache } from 'lru-cache'
import { askDependency } from '../dependency.ts'
import { LimitsExceededError, LimitsLimiterError } from '../errors.ts'
import { isLimitExceeded, type Limiter } from '../limits/limiter.ts'
import { andThen, type MaybePromise } from '../maybe-promise.ts'

/** Counts failures. */
export interface FailedAttempts {
  /**
   * @throws LimitsExceededError when an identifier may not be tried from an address for now.
   */
  requireOpen(clientId: string, address: string | undefined): void
  /**
   * Counts one failure.
   *
   * @throws or rejects with LimitsExceededError when it was one too many, LimitsLimiterError when nobody can count.
   */
  count(clientId: string, address: string | undefined): MaybePromise<void>
}

/** Failures a claimed identifier has per address and minute, unless a limiter is given. */
export const DEFAULT_FAILURES = Object.freeze({ points: 20, windowSeconds: 60 })

/** Pairs that are remembered as blocked. */
const MAX_BLOCKED = 10_000
/** Characters of a claimed identifier that count: it comes from an attacker, and is kept. */
const MAX_ID_LENGTH = 256

/** Creates a counter over a limiter. What it says is remembered here too, so that a blocked pair costs it nothing. */
export function createFailedAttempts(limiter: Limiter, timeoutMs: number, now: () => number): FailedAttempts {
  const blockedUntilMs = new LRUCache<string, number>({ max: MAX_BLOCKED })
  return {
    requireOpen(clientId, address) {
      if (address === undefined || blockedUntilMs.size === 0) return
      const key = keyOf(clientId, address)
      const untilMs = blockedUntilMs.get(key)
      if (untilMs === undefined) return
      const leftMs = untilMs - now()
      if (leftMs > 0) throw new LimitsExceededError(leftMs, 'failures')
      blockedUntilMs.delete(key)
    },
    count(clientId, address) {
      if (address === undefined) return undefined
      const key = keyOf(clientId, address)
      const consumed = askDependency<unknown>(
        () => limiter.consume(key, 1),
        timeoutMs,
        (cause) => {
          if (!isLimitExceeded(cause)) return new LimitsLimiterError('the limiter failed', { cause })
          blockedUntilMs.set(key, now() + cause.msBeforeNext)
          return new LimitsExceededError(cause.msBeforeNext, 'failures')
        },
      )
      return andThen(consumed, () => undefined)
    },
  }
}

function keyOf(clientId: string, address: string): string {
  return `${clientId.slice(0, MAX_ID_LENGTH)} ${networkOf(address)}`
}

/** An IPv6 address by the first 64 bits, which are what one sender is given: it can choose the rest as often as it likes. */
function networkOf(address: string): string {
  if (!address.includes(':')) return address
  const [start = '', end] = address.split('%')[0]?.toLowerCase().split('::') ?? []
  const first = start === '' ? [] : start.split(':')
  const last = end === undefined || end === '' ? [] : end.split(':')
  // What `::` stands for, where the address has one; a dotted IPv4 part at the end counts for two.
  const left = end === undefined ? 0 : 8 - first.length - last.length - Number(address.includes('.'))
  const groups = [...first, ...Array.from({ length: Math.max(0, left) }, () => '0'), ...last]
  return `${groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')}::/64`
}
