/**
 * Slows down guessing of secrets: failures are counted per claimed identifier and address, and per address whatever the
 * identifier (RFC 6749 §2.3.1).
 */
import { andThen, type MaybePromise } from '@token-introspection/core/maybe-promise'
import { type BoundedTable, createBoundedTable } from '../limits/bounded-table.ts'
import { askDependency } from '../dependencies/ask-dependency.ts'
import { LimitsExceededError, LimitsLimiterError } from '../errors.ts'
import { isLimitExceeded, type Limiter } from '../limits/limiter.ts'

/** Counts failures. */
export interface FailedAttempts {
  /**
   * @throws LimitsExceededError when an identifier may not be tried from an address for now.
   */
  requireOpen(clientId: string, address: string | undefined): void
  /**
   * Whether a registered identifier may not be tried from an address, although {@link requireOpen} found no place that says
   * so: made-up identifiers took them all. No secret is right then. The attempt goes on as that of a made-up identifier does.
   */
  isClosed(clientId: string, address: string | undefined): boolean
  /**
   * Counts one failure.
   *
   * @throws or rejects with LimitsExceededError when it was one too many, LimitsLimiterError when nobody can count.
   */
  count(clientId: string, address: string | undefined, isRegistered: boolean): MaybePromise<void>
}

/** Failures a claimed identifier has per address and minute, unless a limiter is given. */
export const DEFAULT_FAILURES = Object.freeze({ points: 20, windowSeconds: 60 })

/**
 * Failures an address has per minute with all identifiers together, unless a limiter is given. Who exceeds it is answered 429
 * for a failure, and let in with a right secret all the same: others may have the same address.
 */
export const DEFAULT_ADDRESS_FAILURES = Object.freeze({ points: 200, windowSeconds: 60 })

/** Pairs that are remembered as blocked, and as many again of registered identifiers. */
const MAX_BLOCKED = 10_000
/** Characters of a claimed identifier that count: it comes from an attacker, and is kept. */
const MAX_ID_LENGTH = 256

/** A pair that may not be tried for a while. */
interface Block {
  readonly sinceMs: number
  readonly forMs: number
}

/** Where failures are counted. */
export interface FailureLimiters {
  /** By claimed identifier and address. */
  readonly pairs: Limiter
  /** By address. */
  readonly addresses: Limiter
}

/** Creates a counter over limiters. What they say is remembered here too, so that a blocked pair costs them nothing. */
export function createFailedAttempts(
  { pairs, addresses }: FailureLimiters,
  timeoutMs: number,
  now: () => number,
): FailedAttempts {
  // A clock that is set back ends a block.
  const leftMsOf = ({ sinceMs, forMs }: Block): number => (now() < sinceMs ? 0 : sinceMs + forMs - now())
  const isOver = (block: Block): boolean => leftMsOf(block) <= 0
  // Places are not shared: a pair of made-up identifiers would close the endpoint to a caller that never failed.
  const blocks = createBoundedTable(MAX_BLOCKED, isOver, 0)
  const blocksOfRegistered = createBoundedTable(MAX_BLOCKED, isOver)

  function consume(limiter: Limiter, key: string, onExceeded?: (forMs: number) => void): MaybePromise<unknown> {
    return askDependency<unknown>(
      () => limiter.consume(key, 1),
      timeoutMs,
      (cause) => {
        if (!isLimitExceeded(cause)) return new LimitsLimiterError('the limiter failed', { cause })
        onExceeded?.(cause.msBeforeNext)
        return new LimitsExceededError(cause.msBeforeNext, 'failures')
      },
    )
  }

  return {
    requireOpen(clientId, address) {
      const block = find(blocks, clientId, address)
      if (block !== undefined) throw new LimitsExceededError(leftMsOf(block), 'failures')
    },
    isClosed: (clientId, address) => find(blocksOfRegistered, clientId, address) !== undefined,
    count(clientId, address, isRegistered) {
      if (address === undefined) return undefined
      const network = networkOf(address)
      const key = keyOf(clientId, network)
      const counted = consume(pairs, key, (forMs) => {
        const block = { sinceMs: now(), forMs }
        blocks.set(key, block)
        if (isRegistered) blocksOfRegistered.set(key, block)
      })
      return andThen(counted, () => andThen(consume(addresses, network), () => undefined))
    },
  }
}

function find(blocks: BoundedTable<Block>, clientId: string, address: string | undefined): Block | undefined {
  // A warm request usually ends here.
  if (address === undefined || blocks.isEmpty()) return undefined
  return blocks.get(keyOf(clientId, networkOf(address)))
}

/** No address has a space, so no pair is counted as an address. */
function keyOf(clientId: string, network: string): string {
  return `${clientId.slice(0, MAX_ID_LENGTH)} ${network}`
}

const IPV4 = /^\d{1,3}(?:\.\d{1,3}){3}$/

/**
 * An IPv6 address by the first 64 bits, which are what one sender is given: it can choose the rest as often as it likes. An
 * IPv4 address as it stands. A proxy may write a port behind either, which is another one for each connection, and an IPv4
 * address as an IPv6 one (RFC 4291 §2.5.5.2).
 */
function networkOf(written: string): string {
  const address = withoutPort(written)
  if (!address.includes(':')) return address
  const [start = '', end] = address.split('%')[0]?.toLowerCase().split('::') ?? []
  const first = start === '' ? [] : start.split(':')
  const last = end === undefined || end === '' ? [] : end.split(':')
  // What `::` stands for, where the address has one; a dotted IPv4 part at the end counts for two.
  const left = end === undefined ? 0 : 8 - first.length - last.length - Number(address.includes('.'))
  const groups = [...first, ...Array.from({ length: Math.max(0, left) }, () => '0'), ...last].map((group) =>
    group.replace(/^0+(?=.)/, ''),
  )
  const ipv4 = groups.at(-1) ?? ''
  if (groups.length === 7 && IPV4.test(ipv4) && groups.slice(0, 6).join() === '0,0,0,0,0,ffff') return ipv4
  return `${groups.slice(0, 4).join(':')}::/64`
}

function withoutPort(address: string): string {
  if (address.startsWith('[')) return address.slice(1).split(']', 1)[0] ?? ''
  const [host = '', port, ...more] = address.split(':')
  return port !== undefined && more.length === 0 && IPV4.test(host) ? host : address
}
