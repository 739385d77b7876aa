/** Results of `findProtectedResource` and `findClient`: checked like list entries, and never granted more rights. */
import { describe, expect, test } from 'vitest'
import {
  createIntrospectionHandler,
  createMemoryTokenStore,
  createRevocationHandler,
  type OAuthClient,
  type ProtectedResource,
  type RevocationHandlerEvent,
} from '../../src/index.ts'
import { ACTIVE, basic, createEndpoint, INACTIVE, ISSUER, json, post, SECRET, send, token } from '../endpoint.ts'
import { signing } from '../signed-answers.ts'

const entry = { id: 'orders-api', clientSecrets: [SECRET], audiences: ['https://orders.example.com'] }
const active = { token: token('active') }

/** An entry as an object mapper makes it: its view is a getter of its class. */
class Entry {
  readonly id = entry.id
  readonly clientSecrets = entry.clientSecrets
  readonly audiences = entry.audiences
  get view(): object {
    return { members: [] }
  }
}

function raise(error: Error): never {
  throw error
}

/** An endpoint whose registry function always returns this entry. */
async function endpointOf(found: unknown, changes: object = {}) {
  const endpoint = await createEndpoint({
    ...changes,
    clientAuthentication: { findProtectedResource: () => found as ProtectedResource },
  })
  const ask = (request = post(active)) => send(endpoint.handler, request)
  return { ...endpoint, ask }
}

describe('findProtectedResource', () => {
  test.each<[string, object, string]>([
    ['a misspelt member of the view', { view: { member: [] } }, 'view.member'],
    ['an empty view', { view: {} }, 'view'],
    ['a view that is not an object', { view: 'sub' }, 'view'],
    ['a view of null members', { view: { members: null } }, 'view.members'],
    ['text for scopes of the view', { view: { scopes: 'orders:read' } }, 'view.scopes'],
    [
      'audiences that are one text, which contains every audience',
      { audiences: 'https://orders.example.com' },
      'audiences',
    ],
    ['audiences that are not texts', { audiences: [7] }, 'audiences'],
    ['a limiter without consume', { limiter: {} }, 'limiter'],
    ['requireJwtResponse that is not a boolean', { requireJwtResponse: 'yes' }, 'requireJwtResponse'],
    ['requireJwtResponse without signing keys', { requireJwtResponse: true }, 'requireJwtResponse'],
  ])('discloses nothing for %s, and an event names the member', async (_, more, member) => {
    const { ask, events } = await endpointOf({ ...entry, ...more })
    const response = await ask()
    expect([response.status, json(response)]).toEqual([500, { error: 'server_error' }])
    expect(events).toMatchObject([
      {
        type: 'refused',
        error: {
          code: 'ERR_CLIENT_AUTHENTICATION_REGISTRATION',
          message: expect.stringContaining(
            `clientAuthentication.findProtectedResource("orders-api").${member}`,
          ) as string,
        },
      },
    ])
  })

  test('is waited for when its promise is not of the runtime, and a failure is no wrong credential', async () => {
    // oxlint-disable-next-line unicorn/no-thenable
    const found = await endpointOf({ then: (fulfil: (found: object) => void) => fulfil(entry) })
    expect(json(await found.ask())).toEqual(ACTIVE)
    // oxlint-disable-next-line unicorn/no-thenable
    const failed = await endpointOf({ then: (_: unknown, reject: (error: Error) => void) => reject(new Error('down')) })
    expect((await failed.ask()).status).toBe(503)
  })

  test.each<[string, object]>([
    [
      'an unknown encryption',
      { introspectionEncryptedResponseAlg: 'none', jwksUri: 'https://orders.example.com/keys' },
    ],
    ['a content encryption without an algorithm', { introspectionEncryptedResponseEnc: 'A256GCM' }],
    ['an algorithm without a signing key', { introspectionSignedResponseAlg: 'PS512' }],
  ])('sends no JWT for %s', async (_, more) => {
    const { ask, events } = await endpointOf({ ...entry, ...more }, signing())
    expect((await ask()).status).toBe(500)
    expect(events).toMatchObject([{ error: { code: 'ERR_CLIENT_AUTHENTICATION_REGISTRATION' } }])
  })

  test.each<[string, unknown, string]>([
    ['another identifier', { ...entry, id: 'orders' }, 'id'],
    ['an identifier in another case', { ...entry, id: 'Orders-API' }, 'id'],
    ['no identifier', { ...entry, id: undefined }, 'id'],
    ['null for the identifier', { ...entry, id: null }, 'id'],
    ['no credentials', { ...entry, clientSecrets: undefined }, 'clientSecrets'],
    ['null for credentials', { ...entry, clientSecrets: null }, 'clientSecrets'],
    ['an empty secret', { ...entry, clientSecrets: [''] }, 'clientSecrets[0]'],
    ['text for secrets', { ...entry, clientSecrets: SECRET }, 'clientSecrets'],
    ['an unknown method', { ...entry, methods: ['client_secret_basic', 'none'] }, 'methods'],
    ['no methods', { ...entry, methods: [] }, 'methods'],
    ['a private key', { ...entry, jwks: { keys: [{ kty: 'EC', d: 'x' }] } }, 'jwks'],
    ['an unknown member', { ...entry, veiw: { members: [] } }, 'veiw'],
    ['a list', [entry], ''],
    ['true', true, ''],
    ['an entry of a class with its view in a getter', new Entry(), ''],
    ['an entry that inherits its methods', Object.assign(Object.create({ methods: ['custom'] }), entry), ''],
  ])('authenticates nobody with %s, and a warning names the member', async (_, found, member) => {
    const { ask, events } = await endpointOf(found)
    const response = await ask()
    expect([response.status, json(response)]).toEqual([401, { error: 'invalid_client' }])
    expect(events).toMatchObject([
      {
        type: 'warning',
        code: 'invalid-registration',
        message: expect.stringContaining(
          `clientAuthentication.findProtectedResource("orders-api")${member === '' ? '' : `.${member}`}:`,
        ) as string,
      },
      { type: 'refused', error: { code: 'ERR_CLIENT_AUTHENTICATION_FAILED' } },
    ])
  })

  test('applies a view that is not enumerable', async () => {
    const { ask } = await endpointOf(Object.defineProperty({ ...entry }, 'view', { value: { members: [] } }))
    expect(json(await ask())).toEqual({ active: true })
  })

  test('repeats nothing from an error that a getter of an entry throws', async () => {
    const thrown = new Proxy({ ...entry }, { ownKeys: () => raise(new Error(`no row {"secret":"${SECRET}"}`)) })
    const { ask, events } = await endpointOf(thrown)
    expect((await ask()).status).toBe(401)
    expect(events[0]).toMatchObject({
      code: 'invalid-registration',
      message: expect.stringContaining('no row') as string,
    })
    expect(JSON.stringify(events)).not.toContain(SECRET)
  })

  test('treats null as absent, because databases return it', async () => {
    const absent = { view: null, methods: null, limiter: null, jwks: null, jwksUri: null, tlsClientAuth: null }
    const { ask } = await endpointOf({ ...entry, ...absent, requireJwtResponse: null })
    expect(json(await ask())).toEqual(ACTIVE)
    const nobodys = await endpointOf({ ...entry, audiences: null })
    expect((await nobodys.ask()).body).toBe(INACTIVE)
  })

  test('describes the fault only to an authenticated caller', async () => {
    const { ask } = await endpointOf({ ...entry, view: { member: [] } })
    const response = await ask(post(active, { authorization: basic('orders-api', 'wrong') }))
    expect([response.status, json(response)]).toEqual([401, { error: 'invalid_client' }])
  })

  test('reads frozen entries once, and other entries each time', async () => {
    const reads = { changing: 0 }
    const counting = (name: keyof typeof reads) =>
      new Proxy({ ...entry }, { ownKeys: (target) => (reads[name]++, Reflect.ownKeys(target)) })
    const frozen = Object.freeze({
      ...entry,
      clientSecrets: Object.freeze([SECRET]),
      audiences: Object.freeze(entry.audiences.slice()),
    })
    const rotated = { ...entry }
    let found: object = frozen
    const { handler } = await createEndpoint({
      clientAuthentication: { findProtectedResource: () => found as ProtectedResource },
    })
    expect(json(await send(handler, post(active)))).toEqual(ACTIVE)
    found = counting('changing')
    expect(json(await send(handler, post(active)))).toEqual(ACTIVE)
    const once = reads.changing
    expect(once).toBeGreaterThan(0)
    await send(handler, post(active))
    expect(reads.changing).toBeGreaterThan(once)
    // The entry is frozen, but its list can still change.
    const audiences = ['https://orders.example.com']
    found = Object.freeze({ ...entry, audiences })
    expect(json(await send(handler, post(active)))).toEqual(ACTIVE)
    audiences[0] = 'https://invoices.example.com'
    expect((await send(handler, post(active))).body).toBe(INACTIVE)
    // A secret that is replaced in place takes effect at once.
    found = rotated
    expect(json(await send(handler, post(active)))).toEqual(ACTIVE)
    rotated.clientSecrets = ['another']
    expect((await send(handler, post(active))).status).toBe(401)
  })
})

describe('findClient', () => {
  test.each<[string, unknown]>([
    ['no identifier', { clientSecrets: [SECRET] }],
    ['null for the identifier', { id: null, clientSecrets: [SECRET] }],
    ['members that only a protected resource has', { id: 'orders-api', clientSecrets: [SECRET], audiences: [] }],
  ])('finds no client with %s, so that it cannot revoke tokens without a client', async (_, found) => {
    const store = createMemoryTokenStore()
    await store.save('nobodys', { kind: 'access_token', sub: 'alice' })
    const events: RevocationHandlerEvent[] = []
    const handler = createRevocationHandler({
      lookup: { store },
      clientAuthentication: { findClient: () => found as OAuthClient },
      onEvent: (event) => void events.push(event),
    })
    expect((await send(handler, post({ token: 'nobodys' }))).status).toBe(401)
    expect(events).toMatchObject([{ type: 'warning', code: 'invalid-registration' }, { type: 'refused' }])
  })
})

describe('a function of the application that returns an unexpected value', () => {
  test.each<[string, unknown, number]>([
    ['null, for no caller', null, 200],
    ['a number', 7, 503],
    ['an empty identifier', '', 503],
    ['an object', { id: 'orders-api' }, 503],
  ])('is refused when clientAuthentication.custom returns %s', async (_, id, status) => {
    const { handler } = await createEndpoint({ clientAuthentication: { custom: () => id as string } })
    expect((await send(handler, post(active))).status).toBe(status)
  })

  test.each([null, 7, ''])('means no address when remoteAddress returns %j', async (address) => {
    const { handler } = await createEndpoint({ clientAuthentication: { remoteAddress: () => address as string } })
    const wrong = post(active, { authorization: basic('orders-api', 'wrong') })
    expect((await send(handler, wrong)).status).toBe(401)
  })

  test.each<[string, object, object]>([
    ['null for the subject', { subject: () => null }, { sub: undefined }],
    ['null for claims', { claims: () => null }, { sub: 'alice' }],
  ])('removes the member when a view returns %s', async (_, view, members) => {
    const { ask } = await endpointOf({ ...entry, view })
    expect(json(await ask())).toMatchObject({ active: true })
    expect(json(await ask())['sub']).toBe((members as { sub?: string }).sub)
  })
})

test('lookup.isActive is called only for tokens that the caller may see', async () => {
  const asked: unknown[] = []
  const { store } = await createEndpoint()
  const handler = createIntrospectionHandler({
    issuer: ISSUER,
    now: () => 1_764_000_000_000,
    lookup: {
      store,
      isActive(record) {
        asked.push(record.sub)
        throw new Error('down')
      },
    },
    clientAuthentication: { protectedResources: [entry] },
  })
  for (const name of ['foreign', 'refresh', 'audienceless', 'expired'] as const) {
    expect(await send(handler, post({ token: token(name) }))).toMatchObject({ status: 200, body: INACTIVE })
  }
  expect(asked).toEqual([])
  expect((await send(handler, post(active))).status).toBe(503)
  expect(asked).toEqual(['alice'])
})
