import { afterEach, describe, expect, test } from 'vitest'
import { Playground } from './playground.ts'
import { DEFAULT_SETTINGS, type Fault, type Settings } from './settings.ts'

let playground: Playground
afterEach(() => playground.close())

function open(settings: Partial<Settings> = {}): Playground {
  playground = new Playground({ ...DEFAULT_SETTINGS, ...settings })
  return playground
}

describe('a token', () => {
  test('is allowed by the answer of the server, and then by the answer that the API keeps', async () => {
    const token = await open().issue()
    const [first, second] = [await playground.call(token), await playground.call(token)]
    expect(first).toMatchObject({ allowed: true, status: 200, liveness: { source: 'endpoint' } })
    expect(first.exchange?.body).toContain('"active":true')
    expect(second).toMatchObject({ allowed: true, liveness: { source: 'cache', bound: 'proven' }, exchange: undefined })
  })

  test('is asked about once by a call, although the call is explained as well', async () => {
    const token = await open().issue()
    await playground.call(token)
    const { happenings } = await playground.view()
    const asked = happenings.filter(({ side, event }) => side === 'server' && event.type === 'introspected')
    expect(asked).toHaveLength(1)
  })

  test('has its text nowhere in what the page gets', async () => {
    const token = await open().issue()
    await playground.call(token)
    await playground.revoke(token)
    expect(JSON.stringify(await playground.view())).not.toContain('playground_at')
  })
})

describe('a revocation', () => {
  test('is noticed by the next call with the feed', async () => {
    const token = await open().issue()
    await playground.call(token)
    const report = await playground.revoke(token)
    expect(report.isRevoked).toBe(true)
    expect(report.heardAfterMs).toBeGreaterThan(0)
    expect(await playground.call(token)).toMatchObject({ allowed: false, status: 401, reason: 'token_inactive' })
    expect((await playground.view()).tokens).toMatchObject([{ inactive: 'revoked' }])
  })

  test('is noticed without the feed when the kept answer is too old, as the API says', async () => {
    const token = await open({ feed: false, keepSeconds: 300 }).issue()
    await playground.call(token)
    expect(await playground.revoke(token)).toEqual({ isRevoked: true, heardAfterMs: undefined })
    await playground.move(240)
    expect(await playground.call(token)).toMatchObject({
      allowed: true,
      isRevoked: true,
      liveness: { bound: 'assumed' },
    })
    const { lateness } = await playground.view()
    expect(lateness.by).toBe('age')
    expect(lateness.seconds).toBeGreaterThan(0)
    expect(lateness.seconds).toBeLessThanOrEqual(60)
    await playground.move(lateness.seconds)
    expect(await playground.call(token)).toMatchObject({ allowed: false, reason: 'token_inactive' })
  })

  test('is noticed by the next call when the API keeps nothing', async () => {
    const token = await open({ feed: false, keepSeconds: 0 }).issue()
    await playground.call(token)
    expect((await playground.view()).worst).toEqual({ seconds: 0, by: 'asks' })
    await playground.revoke(token)
    expect(await playground.call(token)).toMatchObject({ allowed: false })
  })

  test('is impossible while the server is down', async () => {
    const token = await open().issue()
    await playground.change({ ...DEFAULT_SETTINGS, fault: 'outage' })
    expect(await playground.revoke(token)).toEqual({ isRevoked: false, heardAfterMs: undefined })
    expect((await playground.view()).tokens).toMatchObject([{ inactive: undefined }])
  })
})

describe('time', () => {
  test('makes a kept answer older, and the feed proves that it still holds', async () => {
    const token = await open({ keepSeconds: 600 }).issue()
    await playground.call(token)
    await playground.move(300)
    const { liveness } = await playground.call(token)
    expect(liveness).toMatchObject({ source: 'cache', bound: 'proven' })
    expect(liveness?.ageSeconds).toBeGreaterThan(299)
    expect(liveness?.boundSeconds).toBeLessThan(30)
  })

  test('lets a kept answer end, when it is older than the API may keep it', async () => {
    const token = await open({ keepSeconds: 300 }).issue()
    await playground.call(token)
    await playground.move(301)
    expect(await playground.call(token)).toMatchObject({ allowed: true, liveness: { source: 'endpoint' } })
  })
})

describe('the bound', () => {
  test.each([
    ['the lease of the feed', { feed: true, keepSeconds: 1800 }, { seconds: 30, by: 'feed' }],
    ['the age of the answers without the feed', { feed: false, keepSeconds: 1800 }, { seconds: 1800, by: 'age' }],
    [
      'the age of the answers, if that is shorter than the lease',
      { feed: true, keepSeconds: 20 },
      { seconds: 20, by: 'age' },
    ],
  ])('is %s', async (_, settings, worst) => {
    expect((await open(settings).view()).worst).toEqual(worst)
  })
})

describe('a fault', () => {
  test.each<[Fault, number, string, RegExp]>([
    ['other-audience', 401, 'token_inactive', /active: false/],
    ['wrong-audience', 401, 'audience', /expected "https:\/\/orders\.example\.com\/v2"/],
    ['little-scope', 403, 'scope', /expected "orders:write"/],
    ['clock', 401, 'token_inactive', /exp/],
    ['secret', 500, 'unavailable', /invalid_client/],
    ['outage', 503, 'unavailable', /no complete answer/],
    ['html', 502, 'unavailable', /text\/html/],
    ['huge', 502, 'unavailable', /more than 65536 octets/],
    ['active-text', 502, 'unavailable', /active/],
    ['twice', 502, 'unavailable', /twice/],
    ['redirect', 502, 'unavailable', /302/],
  ])('%s is refused with %i for the reason %s', async (fault, status, reason, detail) => {
    const token = await open({ fault }).issue()
    const report = await playground.call(token)
    expect(report).toMatchObject({ allowed: false, status, reason })
    expect(report.detail).toMatch(detail)
    expect(report.steps.find(({ step }) => step === 'result')).toMatchObject({ outcome: 'refused', status })
  })

  test('expired is refused after the lifetime of the token', async () => {
    const token = await open({ fault: 'expired' }).issue()
    await playground.move(3600)
    expect(await playground.call(token)).toMatchObject({ allowed: false, reason: 'token_inactive' })
  })

  test('feed-outage leaves introspection as it is, and answers live for half a minute', async () => {
    const token = await open({ fault: 'feed-outage' }).issue()
    expect(await playground.call(token)).toMatchObject({ allowed: true })
    await playground.revoke(token)
    expect(await playground.call(token)).toMatchObject({ allowed: true, isRevoked: true })
    await playground.move(31)
    expect(await playground.call(token)).toMatchObject({ allowed: false })
  })

  test('outage lets answers that the API keeps be used, for as long as the feed has proven them', async () => {
    const token = await open().issue()
    await playground.call(token)
    await playground.change({ ...DEFAULT_SETTINGS, fault: 'outage' })
    expect(await playground.call(token)).toMatchObject({ allowed: true, liveness: { source: 'cache' } })
    await playground.move(31)
    expect(await playground.call(token)).toMatchObject({ allowed: false, status: 503 })
  })

  test('ends with the next change', async () => {
    const token = await open({ fault: 'secret' }).issue()
    await playground.change(DEFAULT_SETTINGS)
    expect(await playground.call(token)).toMatchObject({ allowed: true })
  })
})
