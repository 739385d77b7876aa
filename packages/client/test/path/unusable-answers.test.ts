/** The operator learns why good tokens come out inactive, and gets no events about bad tokens. */
import type { IntrospectionClientOptions } from '@token-introspection/client'
import { doorkeeper, oidcProvider } from '@token-introspection/client/providers'
import type { Warning } from '@token-introspection/core'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { createKey, GOOD, issue, NOW } from '../jwt-authorization-server.ts'
import { audience, createObservedClient } from './observed-client.ts'

function start(answer: () => Response | Promise<Response>, options: Partial<IntrospectionClientOptions> = {}) {
  const { client, events } = createObservedClient(answer, options)
  const reasons = () => events.flatMap((event) => (event.type === 'answer_unusable' ? [event.reason] : []))
  return { client, events, reasons }
}

const active = (members: object) => () => Response.json({ active: true, sub: 'alice', aud: audience, ...members })

const refused = (status: number, error: string) => () =>
  Response.json({ error, error_description: 'a-secret' }, { status })

describe('the event answer_unusable tells', () => {
  test.each([
    ['of a clock that is two hours ahead', active({ exp: NOW - 7200 + 600 }), {}, 'expired'],
    ['of a clock that is behind', active({ nbf: NOW + 3600 }), {}, 'not_yet_valid'],
    [
      'of exp 0 for a token that never expires, as Doorkeeper up to 5.9.0 sends it',
      active({ exp: 0 }),
      { provider: doorkeeper({ url: 'https://app.example.com' }), policy: { audience: false as const } },
      'expired',
    ],
    [
      'of a JWT at a server that does not introspect JWTs',
      refused(400, 'unsupported_token_type'),
      { provider: oidcProvider({ issuer: 'https://as.example.com' }) },
      'unsupported_token_type',
    ],
  ])('%s', async (_, answer, options, reason) => {
    const { client, events, reasons } = start(answer, options)
    const guard = client.guard({})
    const decision = await guard(new Request(audience, { headers: { authorization: 'Bearer the-token' } }))
    expect(decision).toMatchObject({ allowed: false, status: 401, reason: 'token_inactive' })
    expect(reasons()).toEqual([reason])
    expect(JSON.stringify(events)).not.toMatch(/the-token|a-secret|alice/)
  })
})

describe('there is no event for', () => {
  test.each([
    ['a good token', active({ exp: NOW + 600, nbf: NOW - 600 }), {}],
    ['an inactive token', () => Response.json({ active: false, exp: NOW - 600 }), {}],
    ['a clock within the leeway', active({ exp: NOW - 4, nbf: NOW + 5 }), {}],
    [
      'a refusal that inactiveWhen lists',
      refused(400, 'unsupported_token_type'),
      { response: { inactiveWhen: [{ status: 400, error: 'unsupported_token_type' }] } },
    ],
  ])('%s', async (_, answer, options) => {
    const { client, reasons } = start(answer, options)
    await client.introspect('the-token')
    expect(reasons()).toEqual([])
  })

  test('a token that expires during the request', async () => {
    let nowMs = NOW * 1000
    const answer = () => {
      nowMs += 60_000
      return active({ exp: NOW + 30 })()
    }
    const { client, reasons } = start(answer, { now: () => nowMs })
    expect(await client.introspect('the-token')).toEqual({ active: false })
    expect(reasons()).toEqual([])
  })

  test('a token that expires in the cache', async () => {
    let nowMs = NOW * 1000
    const { client, reasons } = start(active({ exp: NOW + 30 }), { now: () => nowMs, cache: { maxAgeSeconds: 600 } })
    expect(await client.introspect('the-token')).toMatchObject({ active: true })
    nowMs += 20_000
    expect(await client.introspect('the-token')).toMatchObject({ active: true })
    expect(reasons()).toEqual([])
  })

  test('an expired JWT that the client verified', async () => {
    const key = await createKey('RS256', 'a-kid')
    const jwt = { mode: 'local-or-introspect' as const, jwks: { keys: [key.published] } }
    const { client, reasons } = start(active({}), { issuer: GOOD.iss, jwt })
    expect(await client.introspect(await issue(key, { ...GOOD, exp: NOW - 600 }))).toEqual({ active: false })
    expect(reasons()).toEqual([])
  })
})

test('each reason is reported once a minute', async () => {
  let nowMs = NOW * 1000
  const { client, reasons } = start(active({ exp: NOW - 600 }), { now: () => nowMs })
  await client.introspect('a')
  await client.introspect('b')
  expect(reasons()).toEqual(['expired'])
  nowMs += 60_000
  await client.introspect('c')
  expect(reasons()).toEqual(['expired', 'expired'])
})

function startWarned(answer: () => Response, options: Partial<IntrospectionClientOptions> = {}) {
  const warnings: Warning[] = []
  const { client } = start(answer, { onEvent: undefined, onWarning: (warning) => warnings.push(warning), ...options })
  return { client, warnings }
}

describe('a client without onEvent', () => {
  test.each([
    ['exp', 'a clock that is ahead', { exp: NOW - 600 }, NOW - 600],
    ['nbf', 'a clock that is behind', { nbf: NOW + 3600 }, NOW + 3600],
  ])('warns of %s and names both times: %s', async (claim, _, members, said) => {
    const { client, warnings } = startWarned(active(members))
    await client.introspect('the-token')
    await client.introspect('another-token')
    expect(warnings).toMatchObject([{ code: 'answer_unusable', endpoint: 'https://as.example.com/introspect' }])
    const message = warnings[0]?.message
    for (const part of [claim, said, new Date(said * 1000).toISOString(), NOW, new Date(NOW * 1000).toISOString()]) {
      expect(message).toContain(String(part))
    }
    expect(message).not.toMatch(/the-token|alice/)
  })

  test('warns again after a minute', async () => {
    let nowMs = NOW * 1000
    const { client, warnings } = startWarned(active({ exp: NOW - 600 }), { now: () => nowMs })
    await client.introspect('a')
    nowMs += 60_000
    await client.introspect('b')
    expect(warnings).toHaveLength(2)
  })

  test.each([
    ['a good token', active({ exp: NOW + 600 })],
    ['an inactive token', () => Response.json({ active: false, exp: NOW - 600 })],
    ['unsupported_token_type, which strangers can cause', refused(400, 'unsupported_token_type')],
  ])('does not warn of %s', async (_, answer) => {
    const { client, warnings } = startWarned(answer)
    await client.introspect('the-token')
    expect(warnings).toEqual([])
  })

  test('does not warn when it has onEvent, or onWarning is false', async () => {
    const emitWarning = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
    onTestFinished(() => {
      emitWarning.mockRestore()
    })
    await start(active({ exp: NOW - 600 })).client.introspect('the-token')
    await start(active({ exp: NOW - 600 }), { onEvent: undefined, onWarning: false }).client.introspect('the-token')
    expect(emitWarning).not.toHaveBeenCalled()
    await start(active({ exp: NOW - 600 }), { onEvent: undefined }).client.introspect('the-token')
    expect(emitWarning).toHaveBeenCalledTimes(1)
  })
})
