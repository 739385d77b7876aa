/** An introspection endpoint with fixed tokens, protected resources and clock, and requests as callers write them. */
import { inspect } from 'node:util'
import { expect } from 'vitest'
import {
  type ClientAuthenticationOptions,
  createIntrospectionHandler,
  createMemoryTokenStore,
  type HttpHandler,
  type IntrospectionHandler,
  type IntrospectionHandlerEvent,
  type IntrospectionHandlerOptions,
  type MemoryTokenStore,
  type ProtectedResource,
  type TokenRecord,
  type TokenStore,
} from '../src/index.ts'

/** The time of all tests, in seconds since the epoch. */
export const NOW = 1_764_000_000
export const ISSUER = 'https://as.example.com'
export const CHALLENGE = 'Basic realm="token introspection", charset="UTF-8"'

export const SECRET = 'orders-Jm4qWv7x'
export const NEXT_SECRET = 'orders-Tz9kLp2d'
export const OTHER_SECRET = 'invoices-Hs3nRb8c'

/** The protected resources. `orders-api` is rotating its secret. */
export const PROTECTED_RESOURCES: readonly ProtectedResource[] = [
  { id: 'orders-api', clientSecrets: [SECRET, NEXT_SECRET], audiences: ['https://orders.example.com', 'urn:orders'] },
  { id: 'invoices-api', clientSecrets: [OTHER_SECRET], audiences: ['https://invoices.example.com'] },
]

/** A live token for `orders-api`, with every usual member. */
export const RECORD = {
  kind: 'access_token',
  scope: 'orders:read orders:write',
  client_id: 'web',
  username: 'alice@example.com',
  exp: NOW + 3600,
  iat: NOW - 60,
  nbf: NOW - 60,
  sub: 'alice',
  aud: 'https://orders.example.com',
  jti: 'id-1',
} as const satisfies TokenRecord

/** The answer that `orders-api` gets about {@link RECORD}. */
export const ACTIVE = {
  active: true,
  scope: 'orders:read orders:write',
  client_id: 'web',
  username: 'alice@example.com',
  token_type: 'Bearer',
  exp: NOW + 3600,
  iat: NOW - 60,
  nbf: NOW - 60,
  sub: 'alice',
  aud: 'https://orders.example.com',
  iss: ISSUER,
  jti: 'id-1',
}

export const INACTIVE = '{"active":false}'

/** Every token of the store, named by what is special about it. */
export const TOKENS = {
  active: ['tkn-active-5Bf41JqM', RECORD],
  expired: ['tkn-expired-9sKd02Lw', { ...RECORD, exp: NOW }],
  revoked: ['tkn-revoked-aQ81mZxy', { ...RECORD, revoked: true }],
  future: ['tkn-future-Pw3vN6tu', { ...RECORD, nbf: NOW + 1 }],
  refresh: ['tkn-refresh-e7Rj4cVb', { ...RECORD, kind: 'refresh_token' }],
  foreign: ['tkn-foreign-Xo5gT2hi', { ...RECORD, aud: 'https://invoices.example.com' }],
  audienceless: ['tkn-audienceless-Y6u', { ...RECORD, aud: undefined }],
  emptyAudience: ['tkn-emptyaudience-L0', { ...RECORD, aud: [] }],
  owned: ['tkn-owned-Fd8sA1zq', { kind: 'access_token', client_id: 'orders-api', exp: NOW + 1 }],
  severalAudiences: ['tkn-several-Kb2nM7wx', { ...RECORD, aud: ['https://other.example.com', 'urn:orders'] }],
  dpop: ['tkn-dpop-Vc9lJ3ke', { ...RECORD, cnf: { jkt: '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I' } }],
} as const satisfies Record<string, readonly [token: string, record: TokenRecord]>

export type TokenName = keyof typeof TOKENS

/** The token with this name. */
export function token(name: TokenName): string {
  return TOKENS[name][0]
}

/** Options that replace the defaults. Those of `clientAuthentication` are merged. */
export type Changes = Omit<Partial<IntrospectionHandlerOptions>, 'clientAuthentication'> & {
  readonly clientAuthentication?: ClientAuthenticationOptions
}

export interface Endpoint {
  readonly handler: IntrospectionHandler
  readonly store: MemoryTokenStore
  /** The events that the handler reported, in order. */
  readonly events: IntrospectionHandlerEvent[]
}

function now(): number {
  return NOW * 1000
}

/** Creates the endpoint and saves its tokens. */
export async function createEndpoint(changes: Changes = {}): Promise<Endpoint> {
  const store = createMemoryTokenStore({ now })
  for (const [value, record] of Object.values(TOKENS)) await store.save(value, record)
  const events: IntrospectionHandlerEvent[] = []
  const handler = createIntrospectionHandler({
    issuer: ISSUER,
    lookup: { store },
    now,
    onEvent: (event) => void events.push(event),
    ...changes,
    clientAuthentication: {
      ...(changes.clientAuthentication?.findProtectedResource === undefined && {
        protectedResources: PROTECTED_RESOURCES,
      }),
      ...changes.clientAuthentication,
    },
  })
  return { handler, store, events }
}

/** A store that returns the same record for every token. */
export function storeOf(record: unknown): TokenStore {
  return { find: () => record as TokenRecord }
}

/** A request as a caller writes it. */
export interface WireRequest {
  readonly method: string
  readonly target: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: Uint8Array
  /** Whether the body is sent in chunks, without `Content-Length`. */
  readonly chunked: boolean
}

/** Header fields to change. `undefined` removes a field, an array sends it several times. */
export type HeaderChanges = Readonly<Record<string, string | readonly string[] | undefined>>

export const FORM = 'application/x-www-form-urlencoded'

/** `Basic` credentials from identifier and secret, without further encoding. */
export function basic(id: string, secret: string): string {
  return `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`
}

/** A form body. */
export function form(parameters: Readonly<Record<string, string>>): string {
  return new URLSearchParams(parameters).toString()
}

/** An introspection request of `orders-api`, with changes. */
export function post(
  body: string | Uint8Array | Readonly<Record<string, string>>,
  headers: HeaderChanges = {},
  changes: Partial<WireRequest> = {},
): WireRequest {
  const all: HeaderChanges = { 'content-type': FORM, authorization: basic('orders-api', SECRET), ...headers }
  const text = typeof body === 'string' || body instanceof Uint8Array ? body : form(body)
  return {
    method: 'POST',
    target: '/introspect',
    headers: Object.entries(all).flatMap(([name, values]) =>
      [values ?? []].flat().map((value): [string, string] => [name, value]),
    ),
    body: typeof text === 'string' ? Buffer.from(text) : text,
    chunked: false,
    ...changes,
  }
}

/** Converts the request to a web `Request`. */
export function toWebRequest(request: WireRequest): Request {
  const headers = new Headers()
  for (const [name, value] of request.headers) headers.append(name, value)
  const hasBody = request.method !== 'GET' && request.method !== 'HEAD'
  if (hasBody && !request.chunked) headers.set('content-length', String(request.body.byteLength))
  const body = request.chunked ? chunksOf(request.body) : Buffer.from(request.body)
  return new Request(new URL(request.target, ISSUER), {
    method: request.method,
    headers,
    ...(hasBody && { body, duplex: 'half' }),
  })
}

function chunksOf(body: Uint8Array): ReadableStream<Uint8Array> {
  let offset = 0
  return new ReadableStream({
    pull(controller) {
      if (offset >= body.byteLength) return controller.close()
      controller.enqueue(Uint8Array.from(body.subarray(offset, offset + 10_000)))
      offset += 10_000
    },
  })
}

/** A response as its receiver reads it. */
export interface WireResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Sends a request through the fetch form. */
export async function send(handler: HttpHandler, request: WireRequest): Promise<WireResponse> {
  const response = await handler(toWebRequest(request))
  return { status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() }
}

/** The JSON object of a body. */
export function json(response: WireResponse): Record<string, unknown> {
  return JSON.parse(response.body) as Record<string, unknown>
}

/** Checks that neither the response nor the events contain a token or a secret of this endpoint. */
export function expectNothingSecret(response: WireResponse, events: readonly IntrospectionHandlerEvent[]): void {
  const everything = inspect([response, events], { depth: null, maxStringLength: null, maxArrayLength: null })
  const secrets = [SECRET, NEXT_SECRET, OTHER_SECRET, ...Object.values(TOKENS).map(([value]) => value)]
  for (const secret of secrets) expect(everything).not.toContain(secret)
}
