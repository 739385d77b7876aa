/** Relays a feed: follows one, and is the log of another (docs/revocation-feed.md §8). */
import { OptionGroup } from '@token-introspection/core/options'
import type { RevocationPage, RevocationSource } from '@token-introspection/core/revocations'
import { checkFollower } from '../revocations/check-follower.ts'
import type { RevocationFollower } from '../revocations/revocation-follower.ts'
import { Deadlines } from '../transport/deadline.ts'
import { Admission } from '../transport/outage/admission.ts'
import { BELONGS_ELSEWHERE, connectAlone, REACH_OPTIONS, type ReachOptions } from './connect-follower.ts'
import { keepHearing } from './keep-hearing.ts'
import { refuseMisplaced } from './refuse-misplaced.ts'

/** Options of {@link relayRevocations}: how it reaches the feed that it follows. */
export interface RelayOptions extends ReachOptions {
  /**
   * How many questions are asked at once. Followers with the same position share a question. Default 16, from 1 to 1024.
   */
  readonly maxConcurrentQuestions?: number | undefined
  /**
   * How many questions may wait for their turn. A further one fails, and the relay answers 503. Questions of followers
   * that have everything go first. Default 256, from 0 to 100000.
   */
  readonly maxQueuedQuestions?: number | undefined
}

/** The defaults of the options. */
const relayDefaults = Object.freeze({ maxConcurrentQuestions: 16, maxQueuedQuestions: 256 })

/** A relay. It is a `source` for `createRevocationFeedHandler`. */
export interface RevocationRelay extends RevocationSource, AsyncDisposable {
  readAfter(after: string | undefined, limit: number): Promise<RevocationPage>
  /** Absent when the feed that it follows cannot be replayed. */
  readOldest?(limit: number): Promise<RevocationPage>
  /** Ends all questions and the stream, and closes the connections. */
  close(): Promise<void>
}

/** A question that has no answer by then fails. */
const QUESTION_MS = 10_000

/**
 * Relays a feed of revocations, for more followers than one server should have, or for another network: many processes
 * of resource servers follow the relay, and the relay follows the authorization server.
 *
 * The relay asks its feed for every answer that it gives, so a relay makes no bound longer by more than the time of a
 * question, and an answer of the relay proves as much as one of the authorization server. Positions pass through
 * unchanged: a follower may change between relay and server. The relay keeps no events of its own.
 *
 * It opens a stream to its feed while somebody listens to it. A follower without `listen` makes its listeners wait for
 * the next question.
 *
 * @param follower - such as `followFeed()`, which needs `issuer` and `clientAuthentication`.
 * @throws TypeError that names the option that is missing, unknown or out of range.
 * @example
 * ```ts
 * import { clientSecretBasic } from '@token-introspection/client'
 * import { followFeed, relayRevocations } from '@token-introspection/client/revocations'
 *
 * export const source = relayRevocations(followFeed(), {
 *   issuer: 'https://as.example.com',
 *   clientAuthentication: clientSecretBasic('relay-eu', 's3cr3t'),
 * })
 * ```
 */
export function relayRevocations(follower: RevocationFollower, options: RelayOptions = {}): RevocationRelay {
  checkFollower('follower', follower)
  refuseMisplaced(options, BELONGS_ELSEWHERE)
  const group = new OptionGroup('', options, [...REACH_OPTIONS, ...Object.keys(relayDefaults)])
  const integer = (name: keyof typeof relayDefaults, min: number, max: number): number =>
    group.integer(name, { default: relayDefaults[name], min, max })
  const admission = new Admission({
    maxConcurrentRequests: integer('maxConcurrentQuestions', 1, 1024),
    maxQueuedRequests: integer('maxQueuedQuestions', 0, 100_000),
  })
  const reach = Object.fromEntries(REACH_OPTIONS.map((name) => [name, group.raw(name)])) as ReachOptions
  const connection = connectAlone(follower, reach, true)
  const replay = connection.replay?.bind(connection)
  const deadlines = new Deadlines(QUESTION_MS)
  const closing = new AbortController()
  const listeners = new Set<() => void>()
  let closed: Promise<void> | undefined
  let hearing: AbortController | undefined
  /** The last position that an answer had. Followers with it have everything. */
  let head: string | undefined

  async function ask(
    after: string | undefined,
    read: (signal: AbortSignal) => Promise<RevocationPage> = (signal) => connection.ask(after, signal),
  ): Promise<RevocationPage> {
    const deadline = deadlines.start(closing.signal)
    try {
      const isCurrent = after === undefined || after === head
      const place = await admission.enter(deadline, after, isCurrent)
      try {
        const page = await deadline.race(read(deadline.signal))
        if (!page.more) head = page.position
        return page
      } finally {
        admission.leave(place)
      }
    } finally {
      deadline.settle()
    }
  }

  function wake(): void {
    for (const listener of listeners) listener()
  }

  function hear(): void {
    if (hearing !== undefined || !connection.canListen) return
    hearing = new AbortController()
    const { signal } = hearing
    void keepHearing({
      ask: () => ask(undefined),
      listen: (after, onEvents) => connection.listen(after, onEvents, signal),
      onEvents: wake,
      signal,
      random: Math.random,
    })
  }

  function stopHearing(): void {
    hearing?.abort(new Error('nobody listens to the relay any more'))
    hearing = undefined
  }

  function close(): Promise<void> {
    closed ??= (async () => {
      stopHearing()
      listeners.clear()
      closing.abort(new TypeError('the relay is closed'))
      await connection.close()
    })()
    return closed
  }

  return {
    readAfter: async (after, limit) => shorten(await ask(after), limit),
    ...(replay !== undefined && { readOldest: async (limit: number) => shorten(await ask(undefined, replay), limit) }),
    onAppended(listener) {
      // Each call counts, even if two have the same function.
      const own = (): void => listener()
      listeners.add(own)
      if (closed === undefined) hear()
      return () => {
        if (listeners.delete(own) && listeners.size === 0) stopHearing()
      }
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** The page with fewer events. What it leaves out is asked for next. */
function shorten(page: RevocationPage, limit: number): RevocationPage {
  if (page.events.length <= limit) return page
  const events = page.events.slice(0, limit)
  return { ...page, position: events.at(-1)?.position ?? page.position, events, more: true }
}
