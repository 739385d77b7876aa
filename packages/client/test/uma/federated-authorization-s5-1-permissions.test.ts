import { bearerToken, type GuardOptions, IntrospectionClient } from '@token-introspection/client'
import { describe, expect, test } from 'vitest'

const now = 1_764_000_000
const view = { resource_id: 'photo-1', resource_scopes: ['view', 'print'], exp: now + 60 }

function setUp(answer: object) {
  const requests: Request[] = []
  const client = new IntrospectionClient({
    endpoint: 'https://as.example.com/introspect',
    clientAuthentication: bearerToken('the-pat'),
    cache: { maxAgeSeconds: 600 },
    transport: {
      fetch: (url, init) => {
        requests.push(new Request(url, init))
        return Promise.resolve(Response.json({ active: true, ...answer }))
      },
    },
    now: () => clock.seconds * 1000,
  })
  const clock = { seconds: now }
  const decide = async (options: GuardOptions): Promise<string> => {
    const guard = client.guard({ audience: false, ...options })
    const decision = await guard(
      new Request('https://photos.example.com', { headers: { authorization: 'Bearer rpt' } }),
    )
    return decision.allowed ? 'allowed' : `${decision.status} ${decision.reason}`
  }
  return { clock, decide, requests }
}

describe('a guard that requires a permission', () => {
  const permission = { resourceId: 'photo-1', resourceScopes: ['view'] }

  test('lets a requesting party token with the permission pass', async () => {
    expect(await setUp({ permissions: [view] }).decide({ permission })).toBe('allowed')
    expect(await setUp({ permissions: [view] }).decide({ permission: { resourceId: 'photo-1' } })).toBe('allowed')
  })

  test.each([
    ['none', undefined],
    ['an empty list', []],
    ['one for another resource', [{ ...view, resource_id: 'photo-2' }]],
    ['one without the scope', [{ ...view, resource_scopes: ['print'] }]],
    ['one that has expired', [{ ...view, exp: now }]],
    ['one that is not valid yet', [{ ...view, nbf: now + 1 }]],
  ])('refuses a token with %s', async (_, permissions) => {
    expect(await setUp({ permissions }).decide({ permission })).toBe('403 permissions')
  })

  test('does not combine two permissions', async () => {
    const two = [
      { ...view, resource_scopes: ['view'] },
      { ...view, resource_scopes: ['print'] },
    ]
    const both = { resourceId: 'photo-1', resourceScopes: ['view', 'print'] }
    expect(await setUp({ permissions: two }).decide({ permission: both })).toBe('403 permissions')
    expect(await setUp({ permissions: [view] }).decide({ permission: both })).toBe('allowed')
  })

  test('lets no permission outlive its token, or begin before it (EXT-16)', async () => {
    const later = { ...view, exp: now + 500 }
    expect(await setUp({ permissions: [later], exp: now - 60 }).decide({ permission })).toBe('401 token_inactive')
    expect(await setUp({ permissions: [later], nbf: now + 60 }).decide({ permission })).toBe('401 token_inactive')
  })

  test('lets a permission end before its token, also from the cache (EXT-16)', async () => {
    const { clock, decide, requests } = setUp({ permissions: [view], exp: now + 500 })
    expect(await decide({ permission })).toBe('allowed')
    clock.seconds += 60
    expect(await decide({ permission })).toBe('403 permissions')
    expect(requests).toHaveLength(1)
  })

  test('authenticates with the protection API token, and sends no hint of its own (EXT-17)', async () => {
    const { decide, requests } = setUp({ permissions: [view] })
    await decide({ permission })
    const [request] = requests as [Request]
    expect(request.headers.get('authorization')).toBe('Bearer the-pat')
    expect(await request.text()).toBe('token=rpt')
  })
})
