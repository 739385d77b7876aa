/** What one party sends to an API must not use up what others need: each attack, and a good user who goes through meanwhile. */
import { clientSecretBasic, IntrospectionClient } from '@token-introspection/client'
import {
  createIntrospectionHandler,
  createMemoryLimiter,
  createMemoryTokenStore,
  createTokenMint,
  type TokenMint,
} from '@token-introspection/server'
import { toNodeHandler } from '@token-introspection/server/node'
import { describe, expect, test } from 'vitest'
import { serveListener } from '../loopback-server.ts'

const ISSUER = 'https://as.example.com'
const audience = 'https://orders.example.com'

/** Our own authorization server over HTTP, with a budget for its protected resource, and an API that anybody may call. */
async function start(mint?: TokenMint) {
  const store = createMemoryTokenStore()
  const handler = createIntrospectionHandler({
    issuer: ISSUER,
    clientAuthentication: {
      protectedResources: [{ id: 'orders-api', clientSecrets: ['s3cr3t'], audiences: [audience] }],
    },
    lookup: { store, ...(mint !== undefined && { isMinted: mint.isMinted }) },
    limits: { limiter: createMemoryLimiter({ points: 6000, windowSeconds: 3600 }) },
  })
  const server = await serveListener(toNodeHandler(handler))
  const client = new IntrospectionClient({
    endpoint: `${server.origin}/introspect`,
    clientAuthentication: clientSecretBasic('orders-api', 's3cr3t'),
    transport: { allowHttpOnLoopback: true },
    policy: { audience },
    onWarning: false,
  })
  const guard = client.guard()
  return {
    client,
    async issueToken(name: string): Promise<string> {
      const token = mint === undefined ? name : await mint.mint()
      const exp = Math.floor(Date.now() / 1000) + 3600
      await store.save(token, { kind: 'access_token', sub: name, client_id: 'web', aud: audience, exp })
      return token
    },
    async visit(token: string): Promise<number> {
      const decision = await guard(new Request(audience, { headers: { authorization: `Bearer ${token}` } }))
      return decision.allowed ? 200 : decision.status
    },
    async [Symbol.asyncDispose]() {
      await client.close()
      await server[Symbol.asyncDispose]()
    },
  }
}

/** The numbers of 400 made-up tokens. */
const JUNK = Array.from({ length: 400 }, (_none, index) => index)

describe('400 made-up tokens that nobody is authenticated for, at an API whose authorization server limits it', () => {
  test('stop no good token, whether the API saw it before or not', async () => {
    await using api = await start()
    const known = await api.issueToken('known')
    expect(await api.visit(known)).toBe(200)
    const junk: number[] = []
    for (const index of JUNK) {
      junk.push(await api.visit(`junk-${index}`))
      if (index % 10 === 0) expect(await api.visit(known)).toBe(200)
    }
    // The budget of misses is 300 of them; then the authorization server says 429, which is no outage.
    expect(junk).toEqual([...Array<number>(300).fill(401), ...Array<number>(100).fill(503)])
    for (let user = 0; user < 50; user++) expect(await api.visit(await api.issueToken(`user-${user}`))).toBe(200)
    expect(await api.visit(known)).toBe(200)
    expect(api.client.statistics().circuits.map(({ state }) => state)).toEqual(['closed'])
  })

  test('stop none when they come at once, beyond what may be under way and wait', async () => {
    await using api = await start()
    const users = await Promise.all(Array.from({ length: 20 }, async (_none, user) => api.issueToken(`user-${user}`)))
    for (const user of users) expect(await api.visit(user)).toBe(200)
    const junk = Promise.all(JUNK.map(async (index) => api.visit(`junk-${index}`)))
    expect(await Promise.all(users.map(async (user) => api.visit(user)))).toEqual(Array<number>(20).fill(200))
    expect(await junk).not.toContain(200)
  })

  test('cost nothing where tokens are minted', async () => {
    const mint = createTokenMint({ prefix: 'acme', keys: ['k'.repeat(32)] })
    await using api = await start(mint)
    const junk: number[] = []
    for (const index of JUNK) junk.push(await api.visit(`junk-${index}`))
    expect(junk).toEqual(Array<number>(400).fill(401))
    // The budget of misses is as good as new.
    expect(await api.visit(await mint.mint())).toBe(401)
    expect(await api.visit(await api.issueToken('good'))).toBe(200)
  })
})
