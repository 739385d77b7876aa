import { clientSecretBasic } from '@token-introspection/client'
import {
  followFeed,
  relayRevocations,
  type RelayOptions,
  type RevocationFollower,
} from '@token-introspection/client/revocations'
import type { RevocationPage } from '@token-introspection/core/revocations'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Exchange } from '../loopback-server.ts'
import { type FeedServerOptions, sendJson, serveFeed } from './feed-server.ts'

async function start(options: Partial<RelayOptions> = {}, feed: FeedServerOptions = {}) {
  const server = await serveFeed(feed)
  onTestFinished(() => server[Symbol.asyncDispose]())
  const relay = relayRevocations(followFeed({ url: server.url }), {
    issuer: 'https://as.example.com',
    clientAuthentication: clientSecretBasic('relay', 's3cr3t'),
    transport: { allowHttpOnLoopback: true, retry: false },
    ...options,
  })
  onTestFinished(() => relay.close())
  return { server, relay }
}

/** Counts how often a relay tells that there may be events. */
function count(relay: Awaited<ReturnType<typeof start>>['relay']) {
  let calls = 0
  const stop = relay.onAppended(() => (calls += 1))
  return { stop, calls: () => calls }
}

describe('relayRevocations', () => {
  test('asks its feed for every answer, and passes positions and events on unchanged', async () => {
    const { server, relay } = await start()
    const { position } = await relay.readAfter(undefined, 100)
    server.revoke(3)
    expect(await relay.readAfter(position, 100)).toEqual(server.pageAfter(position))
    expect(await relay.readAfter(server.positionOf(2), 100)).toEqual(server.pageAfter(server.positionOf(2)))
    expect(await relay.readAfter('1.unknown', 100)).toMatchObject({ gap: true, position: server.positionOf(2) })
    expect(server.requests).toHaveLength(4)
  })

  test('gives no more events than asked for, and says that there are more', async () => {
    const { server, relay } = await start()
    const { position } = await relay.readAfter(undefined, 1)
    server.revoke(3)
    const page = await relay.readAfter(position, 2)
    expect(page).toEqual({ position: server.positionOf(1), events: server.events.slice(0, 2), gap: false, more: true })
    expect(await relay.readAfter(page.position, 2)).toMatchObject({ position: server.positionOf(2), more: false })
  })

  test('hears events while somebody listens, and not otherwise', async () => {
    const { server, relay } = await start()
    await relay.readAfter(undefined, 1)
    expect(server.waiting).toBe(0)
    const [one, other] = [count(relay), count(relay)]
    await expect.poll(() => server.waiting).toBe(1)
    const before = one.calls()
    server.revoke(1)
    await expect.poll(() => one.calls()).toBeGreaterThan(before)
    expect(other.calls()).toBe(one.calls())
    one.stop()
    one.stop()
    const calls = one.calls()
    server.revoke(1)
    await expect.poll(() => other.calls()).toBeGreaterThan(calls)
    expect(one.calls()).toBe(calls)
    other.stop()
    await expect.poll(() => server.waiting).toBe(0)
    const again = count(relay)
    await expect.poll(() => server.waiting).toBe(1)
    again.stop()
  })

  test('fails while its feed is away, hears it again, and tells its listeners to read', async () => {
    const { server, relay } = await start()
    const { position } = await relay.readAfter(undefined, 1)
    const listener = count(relay)
    await expect.poll(() => server.waiting).toBe(1)
    const before = listener.calls()
    server.interrupt()
    await expect(relay.readAfter(position, 1)).rejects.toMatchObject({ code: 'ERR_TRANSPORT_UNREACHABLE' })
    server.revoke(1)
    server.answerWith(undefined)
    // Nothing was heard of this event: the relay tells its listeners to read as soon as it is connected again.
    await expect.poll(() => listener.calls()).toBeGreaterThan(before)
    await expect.poll(() => server.waiting).toBe(1)
    expect(await relay.readAfter(position, 1)).toMatchObject({ events: server.events })
  })

  test('asks only some questions at once, and those of followers that have everything first', async () => {
    const { server, relay } = await start({ maxConcurrentQuestions: 1, maxQueuedQuestions: 2 })
    const { position } = await relay.readAfter(undefined, 1)
    const held: Exchange[] = []
    server.answerWith((exchange) => held.push(exchange))
    const asked = ['1.a', '1.b'].map((after) => relay.readAfter(after, 1).catch((error: unknown) => error))
    await expect.poll(() => held).toHaveLength(1)
    const waiting = relay.readAfter('1.c', 1).catch((error: unknown) => error)
    expect(await relay.readAfter('1.d', 1).catch((error: unknown) => error)).toMatchObject({
      code: 'ERR_TRANSPORT_OVERLOADED',
    })
    // It takes the place of one that has not everything.
    const current = relay.readAfter(position, 1)
    server.answerWith(undefined)
    for (const exchange of held) sendJson(exchange, server.pageAfter('1.a'))
    expect(await current).toMatchObject({ position })
    const outcomes = await Promise.all([...asked, waiting])
    expect(outcomes.filter((outcome) => outcome instanceof Error)).toHaveLength(1)
  })

  test('ends everything when it is closed', async () => {
    const { server, relay } = await start()
    const listener = count(relay)
    await expect.poll(() => server.waiting).toBe(1)
    server.answerWith(() => undefined)
    const asked = relay.readAfter('1.a', 1).catch((error: unknown) => error)
    await relay.close()
    expect(await asked).toBeInstanceOf(TypeError)
    await expect.poll(() => server.connections()).toBe(0)
    const calls = listener.calls()
    await expect(relay.readAfter(undefined, 1)).rejects.toThrow(TypeError)
    count(relay)
    await relay.close()
    expect(listener.calls()).toBe(calls)
    expect(server.waiting).toBe(0)
  })

  test('needs no issuer for a follower that uses none, and asks a follower that cannot listen', async () => {
    const page: RevocationPage = { position: '0.a', events: [], gap: false, more: false }
    const follower: RevocationFollower = { bound: 'assumed', connect: () => ({ ask: () => Promise.resolve(page) }) }
    await using relay = relayRevocations(follower)
    const listener = count(relay)
    expect(await relay.readAfter(undefined, 1)).toEqual(page)
    expect(listener.calls()).toBe(0)
  })

  test('needs an issuer and a client authentication to follow a feed over HTTP', () => {
    expect(() => relayRevocations(followFeed())).toThrow(/^(issuer|clientAuthentication): /)
  })
})
