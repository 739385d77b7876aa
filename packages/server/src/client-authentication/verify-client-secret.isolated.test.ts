import * as crypto from '#crypto'
import { describe, expect, test, vi } from 'vitest'
import type { ClientSecret } from './client-secret.ts'
import { equalDigests } from './equal-digests.ts'
import { type ProtectedResource, protectedResourceReader } from './protected-resource.ts'
import { registeredList } from './registered.ts'
import { verifyClientSecret } from './verify-client-secret.ts'

vi.mock('#crypto', { spy: true })
vi.mock('./equal-digests.ts', { spy: true })

function resource(...clientSecrets: ClientSecret[]): ProtectedResource {
  return { id: 'orders-api', clientSecrets }
}

/** An entry as a fixed list makes it. */
async function frozen(...clientSecrets: ClientSecret[]): Promise<ProtectedResource> {
  const find = registeredList(
    [{ id: 'orders-api', clientSecrets }],
    'protectedResources',
    protectedResourceReader(),
    {},
  )
  return (await find('orders-api')) as ProtectedResource
}

describe('verifyClientSecret', () => {
  test.each<[string, ProtectedResource | undefined | null, string, boolean]>([
    ['the secret', resource('s3cr3t'), 's3cr3t', true],
    ['the first of two', resource('old', 'new'), 'old', true],
    ['the last of two', resource('old', 'new'), 'new', true],
    ['an expired one, because its caller judges that', resource('new', { secret: 'old', expiresAt: 1 }), 'old', true],
    ['a secret registered twice', resource('old', 'old'), 'old', true],
    ['letters beyond ASCII', resource('é€😀'), 'é€😀', true],
    ['another secret', resource('s3cr3t'), 'secret', false],
    ['the beginning of the secret', resource('s3cr3t'), 's3cr3', false],
    ['the secret and more', resource('s3cr3t'), 's3cr3t ', false],
    ['another case', resource('s3cr3t'), 'S3CR3T', false],
    ['another composition of the same letter', resource('\u00e9'), 'e\u0301', false],
    ['nothing', resource('s3cr3t'), '', false],
    ['an empty secret when an empty secret is registered', resource(''), '', false],
    ['any secret when none is registered', resource(), 's3cr3t', false],
    ['any secret for an undefined caller', undefined, 's3cr3t', false],
    ['any secret for a null caller', null, 's3cr3t', false],
    ['an empty secret for an unknown caller', undefined, '', false],
  ])('accepts or refuses %s', async (_, protectedResource, presented, verified) => {
    expect(await verifyClientSecret(protectedResource, presented)).toBe(verified ? presented : undefined)
  })

  test('uses a rotated secret at once', async () => {
    const clientSecrets = ['old']
    const entry = Object.freeze({ id: 'orders-api', clientSecrets })
    expect(await verifyClientSecret(entry, 'old')).toBe('old')
    clientSecrets[0] = 'new'
    expect(await verifyClientSecret(entry, 'old')).toBeUndefined()
    expect(await verifyClientSecret(entry, 'new')).toBe('new')
  })

  test('uses a rotated secret with an expiry at once', async () => {
    const old = { secret: 'old', expiresAt: 0 }
    const entry = Object.freeze({ id: 'orders-api', clientSecrets: Object.freeze([old]) })
    expect(await verifyClientSecret(entry, 'old')).toBe('old')
    old.secret = 'new'
    expect(await verifyClientSecret(entry, 'old')).toBeUndefined()
  })

  test('digests the secrets of a frozen entry once', async () => {
    const entry = await frozen({ secret: 'old', expiresAt: 1 }, 'new')
    await verifyClientSecret(entry, 'x')
    vi.mocked(crypto.sha256).mockClear()
    await verifyClientSecret(entry, 'new')
    expect(crypto.sha256).toHaveBeenCalledTimes(1)
  })

  test('compares with every secret, also after the first match', async () => {
    const entry = await frozen('a', { secret: 'b', expiresAt: 1 }, 'c')
    for (const presented of ['a', 'b', 'c', 'd']) {
      vi.mocked(equalDigests).mockClear()
      await verifyClientSecret(entry, presented)
      expect(equalDigests).toHaveBeenCalledTimes(3)
    }
  })

  test('does the same work for an unknown caller as for a known one', async () => {
    const entry = await frozen('s3cr3t')
    const work: [number, number][] = []
    for (const protectedResource of [entry, undefined, entry, undefined]) {
      vi.mocked(crypto.sha256).mockClear()
      vi.mocked(equalDigests).mockClear()
      await verifyClientSecret(protectedResource, 'wrong')
      work.push([vi.mocked(crypto.sha256).mock.calls.length, vi.mocked(equalDigests).mock.calls.length])
    }
    expect(work.slice(2)).toEqual([
      [1, 1],
      [1, 1],
    ])
  })
})
