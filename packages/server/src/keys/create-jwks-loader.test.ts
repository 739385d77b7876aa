import { describe, expect, test, vi } from 'vitest'
import { createJwksLoader, type FetchJwks } from './create-jwks-loader.ts'

const URI = 'https://orders.example.com/jwks'
const holder = { jwksUri: URI }
const KEY = { kty: 'EC', kid: '1' }

function setUp(answer: () => Response | Promise<Response> = () => Response.json({ keys: [KEY] })) {
  const clock = { ms: 1_764_000_000_000 }
  const fetch = vi.fn<FetchJwks>(async () => await answer())
  return { clock, fetch, loader: createJwksLoader({ fetch, now: () => clock.ms, timeoutMs: 50 }) }
}

describe('createJwksLoader', () => {
  test('returns a set by value unchanged, without a fetch', async () => {
    const { fetch, loader } = setUp()
    const jwks = { keys: [KEY] }
    expect(await loader.load({ jwks }, true)).toBe(jwks)
    expect(fetch).not.toHaveBeenCalled()
  })

  test('fetches once for simultaneous calls, and follows no redirect', async () => {
    const { fetch, loader } = setUp()
    const sets = await Promise.all([loader.load(holder), loader.load(holder), loader.load(holder, true)])
    expect(sets).toEqual(Array.from({ length: 3 }, () => ({ keys: [KEY] })))
    expect(fetch).toHaveBeenCalledTimes(1)
    expect(fetch.mock.calls[0]).toMatchObject([URI, { redirect: 'manual' }])
  })

  test('fetches again after ten minutes', async () => {
    const { clock, fetch, loader } = setUp()
    await loader.load(holder)
    clock.ms += 599_999
    await loader.load(holder)
    expect(fetch).toHaveBeenCalledTimes(1)
    clock.ms += 1
    await loader.load(holder)
    expect(fetch).toHaveBeenCalledTimes(2)
  })

  test('keeps the cooldown and the keys of a URI, however many other callers are named meanwhile (ASRT-19)', async () => {
    const { fetch, loader } = setUp()
    const fetchedOf = (uri: string): number => fetch.mock.calls.filter(([fetched]) => fetched === uri).length
    for (let round = 0; round < 3; round++) {
      expect(await loader.load(holder, true)).toEqual({ keys: [KEY] })
      for (let named = 0; named < 1001; named++) await loader.load({ jwksUri: `https://c${named}.example/jwks` }, true)
    }
    expect(fetchedOf(URI)).toBe(1)
    expect(fetchedOf('https://c0.example/jwks')).toBe(1)
  })

  test('refreshes one URI at most every 30 seconds, however often it is asked (ASRT-19)', async () => {
    const { clock, fetch, loader } = setUp()
    await loader.load(holder)
    for (let asked = 0; asked < 100; asked++) await loader.load(holder, true)
    expect(fetch).toHaveBeenCalledTimes(1)
    clock.ms += 30_000
    for (let asked = 0; asked < 100; asked++) await loader.load(holder, true)
    expect(fetch).toHaveBeenCalledTimes(2)
  })

  test('ends a cooldown when the clock is set back', async () => {
    const { clock, fetch, loader } = setUp()
    await loader.load(holder)
    clock.ms -= 3_600_000
    await loader.load(holder)
    expect(fetch).toHaveBeenCalledTimes(2)
    await loader.load(holder, true)
    expect(fetch).toHaveBeenCalledTimes(2)
    clock.ms += 30_000
    await loader.load(holder, true)
    expect(fetch).toHaveBeenCalledTimes(3)
  })

  test('keeps the last good set for a day while its URI fails', async () => {
    let up = true
    const { clock, loader } = setUp(() => (up ? Response.json({ keys: [KEY] }) : new Response(null, { status: 500 })))
    await loader.load(holder)
    up = false
    clock.ms += 600_000 + 86_400_000 - 1
    expect(await loader.load(holder)).toEqual({ keys: [KEY] })
    clock.ms += 30_000
    await expect(Promise.resolve(loader.load(holder))).rejects.toThrow()
  })

  test('does not repeat a failed fetch at once', async () => {
    const { clock, fetch, loader } = setUp(() => Promise.reject(new Error('down')))
    for (let asked = 0; asked < 5; asked++) await expect((async () => loader.load(holder))()).rejects.toThrow()
    expect(fetch).toHaveBeenCalledTimes(1)
    clock.ms += 30_000
    await expect((async () => loader.load(holder))()).rejects.toThrow()
    expect(fetch).toHaveBeenCalledTimes(2)
  })

  test('leaves out keys without a type, and values that are not keys', async () => {
    const { loader } = setUp(() => Response.json({ keys: [KEY, {}, null, 'x', { kty: 1 }] }))
    expect(await loader.load(holder)).toEqual({ keys: [KEY] })
  })

  test.each<[string, () => Response | Promise<Response>]>([
    ['another status', () => Response.json({ keys: [KEY] }, { status: 203 })],
    ['a redirect', () => Response.redirect('https://evil.example.com/')],
    ['HTML', () => new Response('{"keys":[]}', { headers: { 'content-type': 'text/html' } })],
    ['no media type', () => new Response(new TextEncoder().encode('{"keys":[]}'))],
    ['text that is not JSON', () => new Response('keys', { headers: { 'content-type': 'application/json' } })],
    ['JSON that is not a key set', () => Response.json([KEY])],
    ['keys that are not a list', () => Response.json({ keys: KEY })],
    ['more than 100 keys', () => Response.json({ keys: Array.from({ length: 101 }, () => KEY) })],
    ['more than 262144 octets', () => Response.json({ keys: [], padding: 'x'.repeat(300_000) })],
    ['no body at all', () => new Response(null, { headers: { 'content-type': 'application/json' } })],
    [
      'a body that never ends',
      () => new Response(new ReadableStream(), { headers: { 'content-type': 'application/json' } }),
    ],
    ['silence', () => new Promise<Response>(() => undefined)],
  ])('refuses %s', async (_, answer) => {
    await expect((async () => setUp(answer).loader.load(holder))()).rejects.toThrow(/could not be fetched/)
  })

  test.each(['http://orders.example.com/jwks', 'file:///etc/passwd', 'jwks'])('never fetches %s', async (jwksUri) => {
    const { fetch, loader } = setUp()
    await expect((async () => loader.load({ jwksUri }))()).rejects.toThrow()
    expect(fetch).not.toHaveBeenCalled()
  })

  test('refuses a party without keys', async () => {
    await expect((async () => setUp().loader.load({}))()).rejects.toThrow()
  })
})
