/** Values that a client, a guard or an adapter cannot take. */
import { clientSecretBasic, IntrospectionClient } from '@token-introspection/client'
import { expressGuard } from '@token-introspection/client/express'
import { fastifyGuard } from '@token-introspection/client/fastify'
import { honoGuard } from '@token-introspection/client/hono'
import { createFakeAuthorizationServer } from '@token-introspection/testing'
import { any, type WrongConfiguration } from './wrong-configuration.ts'

const fake = createFakeAuthorizationServer()
const client = new IntrospectionClient({
  issuer: fake.issuer,
  clientAuthentication: clientSecretBasic(fake.clientId, fake.clientSecret),
  audience: fake.audience,
  transport: { fetch: fake.fetch },
})
const guard = client.guard()

export const WRONG_ARGUMENTS: readonly WrongConfiguration[] = [
  [
    'client in place of a guard, Express',
    () => expressGuard(any(client)),
    ['guard: this is the client', 'pass client.guard()'],
  ],
  [
    'nothing in place of a guard, Express',
    () => expressGuard(any(undefined)),
    ['guard: must be a guard', 'client.guard()'],
  ],
  [
    'options in place of a guard, Express',
    () => expressGuard(any({ scope: 'x' })),
    ['guard: must be a guard', 'client.guard()'],
  ],
  [
    'client in place of a guard, Fastify',
    () => fastifyGuard(any(client)),
    ['guard: this is the client', 'pass client.guard()'],
  ],
  [
    'client in place of a guard, Hono',
    () => honoGuard(any(client)),
    ['guard: this is the client', 'pass client.guard()'],
  ],
  ['token with its scheme', () => explained('Bearer abc'), ['begins with the scheme', 'Pass the token alone']],
  ['no token', () => client.introspect(any(undefined)), ['token: must be a string', 'not undefined', 'guard']],
  [
    'request without headers.get',
    () => guard(any({ headers: { authorization: 'Bearer abc' } })),
    ['request: must be a web Request', 'headers.get()', 'expressGuard(guard)'],
  ],
  ['token in place of a request', () => guard(any('abc')), ['request: must be a web Request', 'expressGuard(guard)']],
  [
    'guard mounted in Express',
    () => guard(any({ headers: {}, method: 'GET' }), ...([{}, () => undefined] as unknown as [])),
    ['cannot be mounted in a framework by itself', 'expressGuard(guard)'],
  ],
  [
    'tokenOf of another guard',
    () => expressGuard(guard).tokenOf(any({})),
    ['tokenOf: ', 'has not passed this guard', 'Mount this guard on the route'],
  ],
]

/** What `client.explain` says of a token, as text. */
async function explained(token: string): Promise<string> {
  return String(await client.explain(token, {}))
}
