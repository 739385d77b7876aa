/**
 * Slows down the guessing of secrets. It counts failures per pair of claimed identifier and address, and per address for all
 * identifiers together (RFC 6749 §2.3.1).
 */
import { andThen, type MaybePromise } from '@token-introspection/core/maybe-promise'
import { type BoundedTable, createBoundedTable } from '../limits/bounded-table.ts'
import { askDependency } from '../dependencies/ask-dependency.ts'
import { LimitsExceededError, LimitsLimiterError } from '../errors.ts'
import { isLimitExceeded, type Limiter } from '../limits/limiter.ts'

/** Counts failures. */
export interface FailedAttempts {
  /**
   * @throws LimitsExceededError while the pair of identifier and address is blocked.
   */
  requireOpen(clientId: string, address: string | undefined): void
  /**
   * Whether the pair of a registered identifier and an address is blocked, although {@link requireOpen} found no block because
   * made-up identifiers took all its places. Then no secret is accepted, and the attempt goes on like one with a made-up
   * identifier.
   */
  isClosed(clientId: string, address: string | undefined): boolean
  /**
   * Counts one failure.
   *
   * @throws or rejects with LimitsExceededError when the budget is exceeded, with LimitsLimiterError when the limiter fails.
   */
  count(clientId: string, address: string | undefined, isRegistered: boolean): MaybePromise<void>
}

/** The default limit of failures per minute for a pair of claimed identifier and address. */
export const DEFAULT_FAILURES = Object.freeze({ points: 20, windowSeconds: 60 })

/**
 * The default limit of failures per minute for an address with all identifiers together. An address above the limit gets 429
 * for a failure. A right secret is still accepted, because other callers may have the same address.
 */
export const DEFAULT_ADDRESS_FAILURES = Object.freeze({ points: 200, windowSeconds: 60 })

/** The number of blocked pairs that are remembered, and again as many of registered identifiers. */
const MAX_BLOCKED = 10_000
/** The number of characters of a claimed identifier that are kept, because an attacker chooses its length. */
const MAX_ID_LENGTH = 256

/** The block of a pair. */
interface Block {
  readonly sinceMs: number
  readonly forMs: number
}

/** The limiters that count failures. */
export interface FailureLimiters {
  /** By claimed identifier and address. */
  readonly pairs: Limiter
  /** By address. */
  readonly addresses: Limiter
}

/** Creates a counter with two limiters. It remembers blocks itself, so that a blocked pair costs the limiters nothing. */
export function createFailedAttempts(
  { pairs, addresses }: FailureLimiters,
  timeoutMs: number,
  now: () => number,
): FailedAttempts {
  // The block ends when the clock is set back.
  const leftMsOf = ({ sinceMs, forMs }: Block): number => (now() < sinceMs ? 0 : sinceMs + forMs - now())
  const isOver = (block: Block): boolean => leftMsOf(block) <= 0
  // Pairs share no places here. Otherwise made-up identifiers could block a caller that never failed.
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
  // Most requests end here.
  if (address === undefined || blocks.isEmpty()) return undefined
  return blocks.get(keyOf(clientId, networkOf(address)))
}

/** The key of a pair has a space and no address has one, so the key of a pair never equals that of an address. */
function keyOf(clientId: string, network: string): string {
  return `${clientId.slice(0, MAX_ID_LENGTH)} ${network}`
}

const IPV4 = /^\d{1,3}(?:\.\d{1,3}){3}$/

/**
 * The part of an address that identifies a sender. For IPv6 it is the first 64 bits, because one sender can choose the rest
 * freely. For IPv4 it is the whole address. A proxy may write a port after either, which changes with each connection, and may
 * write an IPv4 address as an IPv6 one (RFC 4291 §2.5.5.2).
 */
function networkOf(written: string): string {
  const address = withoutPort(written)
  if (!address.includes(':')) return address
  const [start = '', end] = address.split('%')[0]?.toLowerCase().split('::') ?? []
  const first = start === '' ? [] : start.split(':')
  const last = end === undefined || end === '' ? [] : end.split(':')
  // The number of groups that `::` stands for. A dotted IPv4 part at the end counts as two groups.
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
