/** A client whose tokens are all for another audience says so, once. */
import type { IntrospectionClientEvent, Warning } from '@token-introspection/client'
import { describe, expect, test } from 'vitest'
import { NOW } from '../jwt-authorization-server.ts'
import { audience, createObservedClient } from './observed-client.ts'

/** A client whose server puts these audiences into tokens, the next one into each token. The last one goes on. */
function start(options: Parameters<typeof createObservedClient>[1] = {}) {
  const given = { aud: 'account' as unknown, scope: 'orders:read' }
  const { client, events } = createObservedClient(
    () => Response.json({ active: true, exp: NOW + 3600, ...given }),
    options,
  )
  let sent = 0
  const send = async (times: number, guard = client.guard()) => {
    for (let i = 0; i < times; i++) await guard(request(`token${(sent += 1)}`))
  }
  return { client, given, send, told: () => messagesOf(events) }
}

function request(token: string): Request {
  return new Request('https://orders.example.com', { headers: { authorization: `Bearer ${token}` } })
}

function messagesOf(events: readonly IntrospectionClientEvent[]): string[] {
  return events.flatMap((event) => (event.type === 'audience_differs' ? [event.message] : []))
}

describe('twenty active tokens in a row for another audience', () => {
  test('are one event, which names both audiences and both sides', async () => {
    let nowMs = NOW * 1000
    const { send, told } = start({ now: () => nowMs })
    await send(19)
    expect(told()).toEqual([])
    await send(30)
    nowMs += 600_000
    await send(30)
    expect(told()).toEqual([expect.stringContaining(`unexpected aud "account", expected "${audience}"`)])
    expect(told()[0]).toMatch(/At the authorization server: .* At this resource server: /)
  })

  test('are one warning of a client without a listener', async () => {
    const warnings: Warning[] = []
    const { send } = start({ onEvent: undefined, onWarning: (warning) => void warnings.push(warning) })
    await send(60)
    expect(warnings).toMatchObject([{ code: 'audience_differs', endpoint: 'https://as.example.com/introspect' }])
  })

  test('count for all guards with the same audience', async () => {
    const { client, send, told } = start()
    await send(10, client.guard({ scope: 'orders:read' }))
    await send(10, client.guard({ audience, scope: 'orders:write' }))
    expect(told()).toHaveLength(1)
  })

  test('count although a guard with another audience lets requests pass', async () => {
    const { client, send, told } = start()
    const other = client.guard({ audience: 'account' })
    for (let i = 0; i < 20; i++) {
      await send(1)
      await send(1, other)
    }
    expect(told()).toHaveLength(1)
  })

  test('are told in a short message of printable characters, also when a stranger chose the audience', async () => {
    const { given, send, told } = start()
    given.aud = [`a\u001b[31m\n${'x'.repeat(5000)}`]
    await send(20)
    expect(told()).toEqual([expect.stringMatching(/^[\x20-\x7e]{1,1000}$/)])
  })

  test('are told of a token without an audience', async () => {
    const { given, send, told } = start()
    given.aud = undefined
    await send(20)
    expect(told()).toEqual([expect.stringContaining(`aud is absent, expected "${audience}"`)])
  })
})

describe('no event', () => {
  test('when a token has the audience in between', async () => {
    const { given, send, told } = start()
    await send(19)
    given.aud = audience
    await send(1)
    given.aud = 'account'
    await send(19)
    expect(told()).toEqual([])
  })

  test('when a token with the audience lacks the scope', async () => {
    const { client, given, send, told } = start()
    given.aud = audience
    await send(30, client.guard({ scope: 'orders:write' }))
    expect(told()).toEqual([])
  })

  test('for inactive tokens, of which nobody knows the audience', async () => {
    const { client, events } = createObservedClient(() => Response.json({ active: false }))
    const guard = client.guard()
    for (let i = 0; i < 30; i++) await guard(request(`token${i}`))
    expect(messagesOf(events)).toEqual([])
  })

  test('for an explanation', async () => {
    const { client, told } = start()
    for (let i = 0; i < 30; i++) await client.explain(`token${i}`)
    expect(told()).toEqual([])
  })

  test('for guards that require no audience', async () => {
    const { client, send, told } = start()
    await send(30, client.guard({ audience: false }))
    expect(told()).toEqual([])
  })
})

test('a stranger who sends tokens for another API between good requests causes one event a minute', async () => {
  let nowMs = NOW * 1000
  const { given, send, told } = start({ now: () => nowMs })
  const attack = async () => {
    given.aud = audience
    await send(1)
    given.aud = 'another API'
    await send(20)
  }
  for (let i = 0; i < 5; i++) await attack()
  expect(told()).toHaveLength(1)
  nowMs += 59_000
  await attack()
  expect(told()).toHaveLength(1)
  nowMs += 1000
  await send(1)
  expect(told()).toHaveLength(2)
})

test('a program that creates guards for new audiences is counted for a hundred of them', async () => {
  const { client, send, told } = start()
  for (let i = 0; i < 100; i++) client.guard({ audience: `https://${i}.example.com` })
  await send(20, client.guard({ audience: 'https://100.example.com' }))
  expect(told()).toEqual([])
  await send(20, client.guard({ audience: 'https://99.example.com' }))
  expect(told()).toHaveLength(1)
})
