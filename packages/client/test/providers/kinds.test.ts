/**
 * Every preset with every `jwt.mode`. The preset's rule about token kinds is for answers and never refuses a good JWT
 * (RFC 9068 §4).
 */
import { clientSecretBasic, IntrospectionClient, type JwtMode, type Provider } from '@token-introspection/client'
import * as providers from '@token-introspection/client/providers'
import { describe, expect, test } from 'vitest'
import { AUDIENCE, createKey, GOOD, issue, NOW } from '../jwt-authorization-server.ts'

const key = await createKey('RS256', 'a-kid')
const issuer = 'https://as.example.com'

interface Server {
  readonly provider: Provider
  /** The issuer, when the preset has none. */
  readonly issuer?: string
  /** Members of its answers about access tokens, in addition to `active`. */
  readonly says?: object
  /** A JWT of the server, when it is not in the form of RFC 9068. */
  readonly writes?: { readonly header: object; readonly claims: object }
  /** The server's answer about one of its JWTs. By default the claims of the JWT and `says`. */
  readonly answersJwt?: object
}

const bearer = { token_type: 'Bearer' }
const kind = { token_type: 'access_token' }
const azp = { client_id: undefined, azp: 'web' }

/** One entry for each preset whose server supports introspection. */
const servers: Readonly<Record<string, Server>> = {
  authentik: { provider: providers.authentik({ url: issuer, slug: 'orders' }) },
  curity: { provider: providers.curity({ url: issuer }) },
  doorkeeper: {
    provider: providers.doorkeeper({ url: issuer }),
    issuer,
    says: { ...bearer, token_use: 'access_token' },
  },
  'doorkeeper 6': { provider: providers.doorkeeper({ url: issuer, version: 6 }), issuer, says: bearer },
  duende: { provider: providers.duende({ authority: issuer }), says: kind },
  fusionauth: { provider: providers.fusionauth({ url: issuer }), issuer },
  gluu: { provider: providers.gluu({ issuer }) },
  hydra: {
    provider: providers.hydra({ adminUrl: 'https://admin.example.com', issuer }),
    says: { ...bearer, token_use: 'access_token' },
    writes: { header: { typ: 'JWT' }, claims: { scope: undefined, scp: ['orders:read'], ext: {} } },
  },
  janssen: { provider: providers.janssen({ issuer }) },
  keyBridgeSts: { provider: providers.keyBridgeSts({ url: issuer }), issuer },
  keycloak: {
    provider: providers.keycloak({ url: issuer, realm: 'acme' }),
    says: { ...bearer, typ: 'Bearer' },
    writes: { header: { typ: 'JWT' }, claims: { ...azp, typ: 'Bearer' } },
  },
  logto: { provider: providers.logto({ url: issuer }), says: bearer, answersJwt: { active: false } },
  mitreid: { provider: providers.mitreid({ issuer }), says: bearer },
  oidcProvider: { provider: providers.oidcProvider({ issuer }), says: bearer, answersJwt: { active: false } },
  okta: { provider: providers.okta({ domain: 'acme.okta.com' }), says: bearer },
  openiddict: { provider: providers.openiddict({ issuer }), says: { ...bearer, token_usage: 'access_token' } },
  oryNetwork: {
    provider: providers.oryNetwork({ projectUrl: issuer, issuer }),
    says: { ...bearer, token_use: 'access_token' },
  },
  pingam: { provider: providers.pingam({ url: issuer }), says: bearer },
  pingfederate: { provider: providers.pingfederate({ url: issuer }) },
  salesforce: { provider: providers.salesforce({ domain: 'acme.my.salesforce.com' }), says: kind },
  sap: { provider: providers.sap({ domain: 'acme.accounts.ondemand.com', clientId: 'orders-api' }) },
  springAuthorizationServer: {
    provider: providers.springAuthorizationServer({ issuer }),
    says: bearer,
    writes: {
      header: { typ: undefined },
      claims: { client_id: undefined, scope: ['orders:read'], nbf: NOW - 10 },
    },
  },
  stytch: { provider: providers.stytch({ domain: 'acme.customers.stytch.dev' }), says: kind },
  uaa: { provider: providers.uaa({ url: issuer }), says: bearer },
  workos: { provider: providers.workos({ domain: 'acme.authkit.app' }), says: kind },
  wso2: { provider: providers.wso2({ url: issuer }), says: bearer },
  zitadel: { provider: providers.zitadel({ domain: 'acme.zitadel.cloud' }), says: bearer },
}
/** The presets of the other servers, which local.test.ts tests. */
const WITHOUT_INTROSPECTION = new Set(['adfs', 'auth0', 'cognito', 'entra'])
const MODES = [undefined, 'local', 'local-or-introspect', 'local-then-introspect'] as const

/** The issuer of a preset, or the first one that its answers may name. */
function issuerOf({ provider, issuer: given }: Server): string {
  return given ?? provider.issuer ?? issuer
}

async function decide(server: Server, mode: JwtMode | undefined, token: string, answer: object) {
  const iss = issuerOf(server)
  await using client = new IntrospectionClient({
    provider: server.provider,
    issuer: iss,
    endpoint: `${issuer}/introspect`,
    clientAuthentication: clientSecretBasic('orders-api', 's3cr3t'),
    jwt: mode && { mode, jwks: { keys: [key.published] } },
    response: { acceptedIssuers: [iss] },
    transport: { fetch: async () => Response.json(answer) },
    policy: { audience: AUDIENCE },
    now: () => NOW * 1000,
  })
  const request = new Request(AUDIENCE, { headers: { authorization: `Bearer ${token}` } })
  const decision = await client.guard({ scope: 'orders:read' })(request)
  return decision.allowed ? 'allowed' : `${decision.status} ${decision.reason}`
}

/** A JWT, and the server's answer about it. */
async function jwtOf(server: Server, { header, claims }: { readonly header: object; readonly claims: object }) {
  const iss = issuerOf(server)
  const token = await issue(key, { ...GOOD, iss, ...claims }, header)
  return { token, answer: server.answersJwt ?? { active: true, ...GOOD, iss, ...server.says } }
}

describe.each(Object.entries(servers))('%s', (_, server) => {
  const iss = issuerOf(server)
  const rfc9068 = { header: {}, claims: {} }

  test.each(MODES)('accepts a JWT in the form of RFC 9068, with jwt.mode %s', async (mode) => {
    const { token, answer } = await jwtOf(server, rfc9068)
    const refuses = server.answersJwt !== undefined && (mode === undefined || mode === 'local-then-introspect')
    expect(await decide(server, mode, token, answer)).toBe(refuses ? '401 token_inactive' : 'allowed')
  })

  test.each(MODES)('accepts a JWT in the form of its server, with jwt.mode %s', async (mode) => {
    if (server.writes === undefined) return
    const { token, answer } = await jwtOf(server, server.writes)
    expect(await decide(server, mode, token, answer)).toBe('allowed')
  })

  test.each(MODES)('refuses an ID token and a refresh token, with jwt.mode %s', async (mode) => {
    const answer = { active: true, iss, aud: AUDIENCE, scope: 'orders:read', exp: NOW + 60, token_type: 'id_token' }
    const idToken = {
      iss,
      aud: AUDIENCE,
      sub: 'alice',
      exp: NOW + 60,
      iat: NOW,
      nonce: 'n',
      auth_time: NOW,
      azp: 'web',
    }
    const token = await issue(key, idToken, server.writes?.header ?? { typ: 'JWT' })
    expect(await decide(server, mode, token, answer)).toMatch(/^401 /)
    expect(await decide(server, mode, 'an-opaque-token', { ...answer, token_type: 'refresh_token' })).toMatch(/^401 /)
  })

  test.each(['local', 'local-or-introspect', 'local-then-introspect'] as const)(
    'refuses a JWT whose claims name another kind, with jwt.mode %s',
    async (mode) => {
      const other = { token_type: 'refresh_token', token_use: 'refresh_token', token_usage: 'refresh_token' }
      const { token, answer } = await jwtOf(server, { ...rfc9068, claims: other })
      expect(await decide(server, mode, token, { ...answer, ...other })).toMatch(/^401 /)
    },
  )
})

describe('Keycloak, as in the guide on JWTs', () => {
  const { keycloak } = servers as { keycloak: Server }
  const iss = issuerOf(keycloak)
  const jwt = { typ: 'JWT' }

  test('has lightweight access tokens, whose aud and sub are only in the answer', async () => {
    const lightweight = {
      iss,
      exp: NOW + 60,
      iat: NOW,
      jti: 'onltro:a',
      typ: 'Bearer',
      azp: 'web',
      scope: 'orders:read',
    }
    const token = await issue(key, lightweight, jwt)
    const answer = { active: true, ...lightweight, aud: AUDIENCE, sub: 'alice', client_id: 'web', token_type: 'Bearer' }
    expect(await decide(keycloak, 'local-then-introspect', token, answer)).toBe('allowed')
    expect(await decide(keycloak, 'local-or-introspect', token, answer)).toBe('401 audience')
  })

  test.each(['ID', 'Refresh', 'Offline'])(
    'has JWTs with the claim typ %s, which are refused as access tokens',
    async (typ) => {
      const claims = { ...GOOD, iss, client_id: undefined, azp: 'web', typ }
      const answer = { active: true, ...GOOD, iss, typ, token_type: typ }
      for (const mode of ['local', 'local-then-introspect'] as const) {
        expect(await decide(keycloak, mode, await issue(key, claims, jwt), answer)).toBe('401 token_kind')
      }
    },
  )

  test('has tokens of the kind DPoP, which are refused for their missing proof and not for their kind', async () => {
    const cnf = { jkt: '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I' }
    const claims = { ...GOOD, iss, client_id: undefined, azp: 'web', typ: 'DPoP', cnf }
    const answer = {
      active: true,
      ...GOOD,
      iss,
      typ: 'DPoP',
      token_type: 'DPoP',
      cnf: { ...cnf, 'kc-jkt-type': 'DPoP' },
    }
    const token = await issue(key, claims, jwt)
    expect(await decide(keycloak, 'local-then-introspect', token, answer)).toBe('401 confirmation')
  })
})

test('an ID token of Spring, without type and nonce, is recognized by its missing nbf', async () => {
  const { springAuthorizationServer: spring } = servers as { springAuthorizationServer: Server }
  const idToken = { iss: issuer, aud: AUDIENCE, sub: 'alice', exp: NOW + 60, iat: NOW, jti: 'a', azp: 'web', sid: 's' }
  const token = await issue(key, { ...idToken, scope: 'orders:read' }, { typ: undefined })
  const answer = { active: true, ...idToken }
  expect(await decide(spring, 'local', token, answer)).toBe('401 token_inactive')
  expect(await decide(spring, undefined, token, answer)).toBe('401 token_kind')
})

describe('a kind that the options require', () => {
  const provider = providers.hydra({ adminUrl: 'https://admin.example.com', issuer })

  async function allows(policy: object, guard: object, claims: object): Promise<boolean> {
    await using client = new IntrospectionClient({
      provider,
      clientAuthentication: clientSecretBasic('orders-api', 's3cr3t'),
      jwt: { mode: 'local', jwks: { keys: [key.published] } },
      policy: { audience: AUDIENCE, ...policy },
      now: () => NOW * 1000,
    })
    const token = await issue(key, { ...GOOD, ...claims })
    const request = new Request(AUDIENCE, { headers: { authorization: `Bearer ${token}` } })
    return (await client.guard(guard)(request)).allowed
  }

  test.each([
    ['for the client', { tokenKind: { member: 'use', oneOf: ['access'] } }, {}],
    ['for a guard', {}, { tokenKind: { member: 'use', oneOf: ['access'] } }],
  ])('must be in JWTs as well, %s', async (_, policy, guard) => {
    expect(await allows(policy, guard, {})).toBe(false)
    expect(await allows(policy, guard, { use: 'access' })).toBe(true)
  })

  test('of a preset is added to the answer, in the words of the server', async () => {
    await using client = new IntrospectionClient({
      provider,
      clientAuthentication: clientSecretBasic('orders-api', 's3cr3t'),
      jwt: { mode: 'local', jwks: { keys: [key.published] } },
      now: () => NOW * 1000,
    })
    expect(await client.introspect(await issue(key))).toMatchObject({ active: true, token_use: 'access_token' })
  })
})

test('every preset is tested', () => {
  const presets = Object.keys(providers).filter((name) => !WITHOUT_INTROSPECTION.has(name))
  expect([...new Set(Object.keys(servers).map((name) => name.replace(/ .*/, '')))].toSorted()).toEqual(
    presets.toSorted(),
  )
})
