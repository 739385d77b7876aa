/**
 * Answers of real servers, exactly as on the wire, through the matching preset and a guard. Host names, and members
 * that nothing reads here, are left out.
 */
import { readFileSync } from 'node:fs'
import { clientSecretBasic, IntrospectionClient, type Provider } from '@token-introspection/client'
import { hydra, keycloak, springAuthorizationServer, zitadel } from '@token-introspection/client/providers'
import { describe, expect, test } from 'vitest'

interface RealAnswer {
  readonly server: string
  /** The token that was introspected, or the way of asking. */
  readonly about: string
  /** The decision of a guard: `allowed`, or the status and the reason. */
  readonly guard: string
  readonly status: number
  readonly contentType?: string
  readonly body?: unknown
}

const answers = JSON.parse(readFileSync(new URL('real-answers.json', import.meta.url), 'utf8')) as RealAnswer[]
const origin = 'https://as.example.com'

/** By the first word of the server's name: the preset, and the audience of the resource server. */
const setups: Readonly<Record<string, { readonly provider?: Provider; readonly audience: string | false }>> = {
  Keycloak: { provider: keycloak({ url: origin, realm: 'acme' }), audience: 'orders-api' },
  Hydra: {
    provider: hydra({ adminUrl: 'https://admin.example.com', issuer: origin }),
    audience: 'https://orders.example.com',
  },
  // By default, the audience is the client, so ID tokens have it too.
  Spring: { provider: springAuthorizationServer({ issuer: origin }), audience: false },
  'zitadel/oidc': { provider: zitadel({ domain: 'as.example.com' }), audience: false },
  // A library without a preset. It answers about refresh tokens as about access tokens, both without aud.
  fosite: { audience: 'https://orders.example.com' },
}

async function decide({ server, status, contentType, body }: RealAnswer): Promise<string> {
  const { provider, audience } = setups[server.split(' ')[0] as string] as (typeof setups)[string]
  const { exp, iat } = (body ?? {}) as { exp?: number; iat?: number }
  const now = (iat ?? (exp === undefined ? 1_795_984_000 : exp - 60)) + 1
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const headers = contentType === undefined ? {} : { 'content-type': contentType }
  await using client = new IntrospectionClient({
    provider,
    endpoint: `${origin}/introspect`,
    clientAuthentication: clientSecretBasic('orders-api', 's3cr3t'),
    transport: { fetch: async () => new Response(text ?? null, { status, headers }) },
    policy: { audience },
    now: () => now * 1000,
  })
  const request = new Request('https://api.example.com', { headers: { authorization: 'Bearer a-token' } })
  const decision = await client.guard({})(request)
  return decision.allowed ? 'allowed' : `${decision.status} ${decision.reason}`
}

test.each(answers)('$server about $about: $guard', async (answer) => {
  expect(await decide(answer)).toBe(answer.guard)
})

describe('the table', () => {
  test('has an accepted access token and a refused other token for every server', () => {
    for (const server of Object.keys(setups).filter((name) => name !== 'fosite')) {
      const guards = answers.filter((answer) => answer.server.startsWith(server)).map(({ guard }) => guard)
      expect(guards).toContain('allowed')
      expect(guards).toContain('401 token_inactive')
    }
  })

  test("never calls a token bad for a fault of the client's credentials, nor a server broken for a fault of the token", () => {
    for (const { status, guard } of answers) {
      expect(guard.startsWith('500')).toBe(status >= 400)
      expect(guard.startsWith('502')).toBe(false)
    }
  })
})
