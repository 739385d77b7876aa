/** A revocation endpoint beside an introspection endpoint over the same store, with fixed clients, tokens and clock. */
import { inspect } from 'node:util'
import { expect } from 'vitest'
import {
  createIntrospectionHandler,
  createMemoryTokenStore,
  createRevocationHandler,
  type IntrospectionHandler,
  type OAuthClient,
  type RevocationHandler,
  type RevocationHandlerEvent,
  type RevocationHandlerOptions,
  type TokenRecord,
  type WritableTokenStore,
} from '../src/index.ts'
import {
  basic,
  type HeaderChanges,
  ISSUER,
  json,
  NOW,
  post,
  PROTECTED_RESOURCES,
  SECRET,
  send,
  type WireRequest,
  type WireResponse,
} from './endpoint.ts'

export const WEB_SECRET = 'web-Qd7yUk3m'
export const NEXT_WEB_SECRET = 'web-Bn5rXo9c'
export const APP_SECRET = 'app-Ve2hZj6t'
export const REVOCATION_CHALLENGE = 'Basic realm="token revocation", charset="UTF-8"'

/** The clients. `web` is rotating its secret. */
export const CLIENTS: readonly OAuthClient[] = [
  { id: 'web', clientSecrets: [WEB_SECRET, NEXT_WEB_SECRET] },
  { id: 'app', clientSecrets: [APP_SECRET] },
]

const access = {
  kind: 'access_token',
  client_id: 'web',
  sub: 'alice',
  aud: 'https://orders.example.com',
  iat: NOW - 60,
  exp: NOW + 3600,
  grantId: 'grant-1',
  sessionId: 'session-1',
} as const satisfies TokenRecord

/** Every token of the store, named by what is special about it. */
export const REVOCABLE = {
  access: ['rev-access-Tq3wL8', access],
  sibling: ['rev-sibling-Ma6eK1', access],
  refresh: ['rev-refresh-Gx9bN4', { ...access, kind: 'refresh_token', exp: NOW + 90_000 }],
  secondLogin: ['rev-second-Uf2cH7', { ...access, grantId: 'grant-2', sessionId: 'session-2' }],
  grantless: ['rev-grantless-Zp5vD0', { ...access, grantId: undefined }],
  future: ['rev-future-Wy1sJ3', { ...access, grantId: 'grant-3', nbf: NOW + 60 }],
  expired: ['rev-expired-Ol4tR9', { ...access, exp: NOW }],
  expiredOfApp: ['rev-expiredapp-Ic8mB2', { ...access, client_id: 'app', grantId: 'grant-4', exp: NOW }],
  ofApp: ['rev-app-Ks7gF6', { ...access, client_id: 'app', grantId: 'grant-5' }],
  refreshOfApp: ['rev-apprefresh-Dn0xQ5', { ...access, kind: 'refresh_token', client_id: 'app', grantId: 'grant-5' }],
  ofNobody: ['rev-nobody-Hb2jY8', { ...access, client_id: undefined, grantId: 'grant-6' }],
} as const satisfies Record<string, readonly [token: string, record: TokenRecord]>

export type RevocableName = keyof typeof REVOCABLE

/** The token with this name. Any other text is an unknown token. */
export function revocable(name: RevocableName): string {
  return REVOCABLE[name][0]
}

export interface RevocationEndpoint {
  readonly revocation: RevocationHandler
  readonly introspection: IntrospectionHandler
  readonly store: WritableTokenStore
  /** The events that the revocation handler reported, in order. */
  readonly events: RevocationHandlerEvent[]
  /** For each token, whether introspection answers active now. */
  readonly areActive: (...names: RevocableName[]) => Promise<boolean[]>
}

function now(): number {
  return NOW * 1000
}

/** Creates both endpoints and saves the tokens. */
export async function createRevocationEndpoint(
  changes: Partial<RevocationHandlerOptions> = {},
  store: WritableTokenStore = createMemoryTokenStore({ now }),
): Promise<RevocationEndpoint> {
  for (const [value, record] of Object.values(REVOCABLE)) await store.save(value, record)
  const events: RevocationHandlerEvent[] = []
  const revocation = createRevocationHandler({
    clientAuthentication: { clients: CLIENTS },
    lookup: { store },
    now,
    onEvent: (event) => void events.push(event),
    ...changes,
  })
  const introspection = createIntrospectionHandler({
    issuer: ISSUER,
    clientAuthentication: { protectedResources: PROTECTED_RESOURCES },
    lookup: { store },
    now,
  })
  const isActive = async (name: RevocableName): Promise<boolean> =>
    json(await send(introspection, post({ token: revocable(name) }))).active === true
  return {
    revocation,
    introspection,
    store,
    events,
    areActive: (...names) => Promise.all(names.map(isActive)),
  }
}

/** A revocation request of `web`, with changes. */
export function revoke(
  body: string | Uint8Array | Readonly<Record<string, string>>,
  headers: HeaderChanges = {},
  changes: Partial<WireRequest> = {},
): WireRequest {
  return post(body, { authorization: basic('web', WEB_SECRET), ...headers }, { target: '/revoke', ...changes })
}

/** Checks that neither the response nor the events contain a token or a secret. */
export function expectNothingRevocableTold(response: WireResponse, events: readonly RevocationHandlerEvent[]): void {
  const everything = inspect([response, events], { depth: null, maxStringLength: null, maxArrayLength: null })
  const secrets = [WEB_SECRET, NEXT_WEB_SECRET, APP_SECRET, SECRET, ...Object.values(REVOCABLE).map(([value]) => value)]
  for (const secret of secrets) expect(everything).not.toContain(secret)
}
