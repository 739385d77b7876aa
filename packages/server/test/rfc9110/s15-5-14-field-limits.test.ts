/** RFC 9110 §15.5.14: limits of each field of a request. */
import { parseForm } from '@token-introspection/core'
import { describe, expect, test, vi } from 'vitest'
import { digestToken } from '../../src/index.ts'
import { ACTIVE, createEndpoint, form, INACTIVE, json, NOW, post, RECORD, send, token } from '../endpoint.ts'
import { createRevocationEndpoint, revoke } from '../revocation-endpoint.ts'

const active = { token: token('active') }

/** A text whose name and value have so many characters. */
function parameter(name: string, length: number): string {
  return `&${name}=${'x'.repeat(length - name.length)}`
}

describe('a token that is too long', () => {
  const longest = 'x'.repeat(64)

  test('is answered like an unknown one, without a lookup, and the event says why (REQ-25)', async () => {
    const find = vi.fn(() => RECORD)
    const isMinted = vi.fn(() => true)
    const consume = vi.fn()
    const { handler, events } = await createEndpoint({
      request: { maxTokenLength: 64 },
      lookup: { store: { find }, isMinted },
      limits: { limiter: { consume } },
    })
    const tooLong = await send(handler, post({ token: `${longest}x` }))
    expect([tooLong.status, tooLong.body]).toEqual([200, INACTIVE])
    expect([find, isMinted, consume].map(({ mock }) => mock.calls.length)).toEqual([0, 0, 0])
    expect(events).toMatchObject([{ type: 'introspected', active: false, reason: 'too-long', resolver: undefined }])
    expect(json(await send(handler, post({ token: longest })))).toMatchObject({ active: true })
    expect(await handler.introspect(`${longest}x`, { protectedResource: 'orders-api' })).toEqual({ active: false })
  })

  test('has the headers and the octets of an unknown one (REQ-25)', async () => {
    const { handler } = await createEndpoint({ request: { maxTokenLength: 64 } })
    const [tooLong, unknown] = [`${longest}x`, longest].map((value) => send(handler, post({ token: value })))
    expect(await tooLong).toEqual(await unknown)
  })

  test('is counted in characters after decoding, 16384 by default (REQ-25)', async () => {
    const { handler, events } = await createEndpoint({ request: { maxBodyBytes: 65_536 } })
    for (const length of [16_384, 16_385]) await send(handler, post(`token=${'%61'.repeat(length)}`))
    expect(events).toMatchObject([{ reason: 'unknown' }, { reason: 'too-long' }])
  })

  test('is explained (REQ-25)', async () => {
    const { handler } = await createEndpoint({ request: { maxTokenLength: 64 } })
    const { reason, steps } = await handler.explain(`${longest}x`, { protectedResource: 'orders-api' })
    expect(reason).toBe('too-long')
    expect(steps.find(({ step }) => step === 'lookup')).toMatchObject({
      outcome: 'refused',
      detail: 'it is longer than request.maxTokenLength',
    })
  })

  test('is still revoked, because a revocation must not miss a token (REQ-25)', async () => {
    const { revocation, introspection, store } = await createRevocationEndpoint()
    const long = `rev-${'x'.repeat(20_000)}`
    await store.save(long, { ...RECORD, exp: NOW + 60 })
    expect((await send(revocation, revoke({ token: long }))).status).toBe(200)
    const { reason } = await introspection.explain(long, { protectedResource: 'orders-api' })
    expect([reason, (await store.find(await digestToken(long)))?.revoked]).toEqual(['too-long', true])
  })
})

describe('a hint that is too long', () => {
  test('counts as absent, as an unknown hint changes nothing (REQ-11)', async () => {
    const hints: unknown[] = []
    const { handler } = await createEndpoint({
      request: { maxHintLength: 32 },
      lookup: {
        store: {
          find(_, lookup) {
            hints.push(lookup?.tokenTypeHint)
            return RECORD
          },
        },
      },
    })
    for (const length of [32, 33]) {
      const response = await send(handler, post({ ...active, token_type_hint: 'h'.repeat(length) }))
      expect(json(response)).toEqual(ACTIVE)
    }
    expect(hints).toEqual(['h'.repeat(32), undefined])
  })
})

describe('another parameter that is too long', () => {
  test.each<[string, string, number]>([
    ['a further parameter of the largest length', parameter('resource', 256), 200],
    ['a further parameter that is too long', parameter('resource', 257), 413],
    ['a second value that is too long', `&resource=a${parameter('resource', 257)}`, 413],
    ['a name that is too long', `&${'n'.repeat(257)}`, 413],
    ['many escapes of few characters', `&resource=${'%61'.repeat(248)}`, 200],
    ['an unknown parameter that is too long', parameter('x', 257), 413],
    ['a long token, which has a limit of its own', '', 200],
  ])('%s is answered %3$i (REQ-25)', async (_, rest, status) => {
    const { handler } = await createEndpoint({ request: { maxParameterLength: 256 } })
    const long = rest === '' ? 'y'.repeat(2000) : token('active')
    expect((await send(handler, post(`token=${long}${rest}`))).status).toBe(status)
  })

  test('is refused before any secret is compared, and the event names the limit, not the parameter (REQ-25)', async () => {
    const findProtectedResource = vi.fn()
    const { handler, events } = await createEndpoint({ clientAuthentication: { findProtectedResource } })
    const response = await send(handler, post(`${form(active)}${parameter('s3cr3t', 8193)}`))
    expect([response.status, json(response)['error']]).toEqual([413, 'invalid_request'])
    expect(findProtectedResource).not.toHaveBeenCalled()
    expect(events).toMatchObject([{ type: 'refused', error: { code: 'ERR_REQUEST_TOO_LARGE' } }])
    expect((events[0] as { error: Error }).error.message).toBe(
      'a parameter has 8193 characters with its name; request.maxParameterLength is 8192 [ERR_REQUEST_TOO_LARGE]',
    )
  })

  test('is refused also in a form that a framework parsed, and each repetition counts (REQ-25)', async () => {
    const { handler } = await createEndpoint({ request: { maxParameterLength: 256, maxParameters: 4 } })
    const ask = async (body: string): Promise<number> => {
      const headers: Record<string, string> = Object.fromEntries(
        post('').headers.map(([name, value]) => [name.toLowerCase(), value]),
      )
      const request = { method: 'POST', header: (name: string) => headers[name], readBody: () => parseForm(body) }
      return (await handler.handle(request)).status
    }
    expect(await ask(`${form(active)}&a=1&a=2&a=3`)).toBe(200)
    expect(await ask(`${form(active)}&a=1&a=2&a=3&a=4`)).toBe(400)
    expect(await ask(`${form(active)}${parameter('a', 257)}`)).toBe(413)
  })
})
