/** A revocation feed over a log in memory, and its followers as tests write them. */
import { parseRevocationPage, type RevocationPage } from '@token-introspection/core/revocations'
import {
  type BodyReceiver,
  createRevocationFeedHandler,
  type HttpRequest,
  type HttpResponse,
  type ProtectedResource,
  type RevocationFeedEvent,
  type RevocationFeedHandler,
  type RevocationFeedHandlerOptions,
} from '../src/index.ts'
import { basic, NOW, post, PROTECTED_RESOURCES, SECRET, type WireRequest } from './endpoint.ts'
import { createFakeRevocationLog, type FakeRevocationLog } from './fake-revocation-log.ts'
import { whenDone } from './path/when-done.ts'

export const FEED_CHALLENGE = 'Basic realm="revocation feed", charset="UTF-8"'
export const STREAM = 'text/event-stream'

export interface FeedEndpoint {
  readonly handler: RevocationFeedHandler
  readonly log: FakeRevocationLog
  readonly events: RevocationFeedEvent[]
}

/** Creates the feed. It is closed when the test ends. */
export function createFeedEndpoint(changes: Partial<RevocationFeedHandlerOptions> = {}): FeedEndpoint {
  const log = createFakeRevocationLog()
  const events: RevocationFeedEvent[] = []
  const handler = createRevocationFeedHandler({
    source: log,
    clientAuthentication: { protectedResources: PROTECTED_RESOURCES },
    now: () => NOW * 1000,
    onEvent: (event) => void events.push(event),
    ...changes,
  })
  whenDone(() => handler.close())
  return { handler, log, events }
}

/** A question of `orders-api` by GET. */
export function get(query: string, headers: Readonly<Record<string, string | undefined>> = {}): WireRequest {
  return post('', { 'content-type': undefined, ...headers }, { method: 'GET', target: `/introspect${query}` })
}

/** A question as plain data. */
export function question(
  query: string,
  headers: Readonly<Record<string, string>> = {},
  more: Partial<HttpRequest> = {},
): HttpRequest {
  const fields: Readonly<Record<string, string>> = { authorization: basic('orders-api', SECRET), ...headers }
  return {
    method: 'GET',
    header: (name) => fields[name],
    query: () => query,
    readBody: () => '',
    ...more,
  }
}

/** The page in an answer. */
export function pageOf(answer: { readonly body: string }, after?: string): RevocationPage {
  return parseRevocationPage(JSON.parse(answer.body), after)
}

/** A follower of a stream that only counts, as plain data. */
export interface TestFollower extends BodyReceiver {
  readonly received: string[]
  /** The pages so far. */
  pages(): RevocationPage[]
  /** The octets that wait, as the test says. */
  unsent: number
  state: 'open' | 'ended' | 'dropped'
  leave: () => void
}

/** Receives the stream of an answer. */
export function follow({ stream }: HttpResponse): TestFollower {
  const received: string[] = []
  const follower: TestFollower = {
    received,
    unsent: 0,
    state: 'open',
    leave: () => undefined,
    pages: () =>
      [...received.join('').matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data as string) as RevocationPage),
    send: (octets) => void received.push(Buffer.from(octets).toString()),
    unsentBytes: () => follower.unsent,
    end: () => void (follower.state = 'ended'),
    drop: () => void (follower.state = 'dropped'),
  }
  if (stream === undefined) throw new Error('the answer is no stream')
  follower.leave = stream(follower)
  return follower
}

/** Many protected resources, for tests of the limits. */
export function manyResources(count: number): readonly ProtectedResource[] {
  return Array.from({ length: count }, (_, index) => ({ id: `api-${index}`, clientSecrets: [SECRET] }))
}
