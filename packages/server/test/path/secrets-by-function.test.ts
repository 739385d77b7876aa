/** Secrets and keys that functions find: creating calls none of them, and a request whose function fails is 503. */
import { DatabaseSync } from 'node:sqlite'
import { SignJWT } from 'jose'
import { afterEach, describe, expect, test, vi } from 'vitest'
import {
  createIntrospectionHandler,
  createMemoryTokenStore,
  createRevocationFeedHandler,
  createRevocationHandler,
  createTokenMint,
  type ClientSecret,
  type HttpHandler,
  type WritableTokenStore,
} from '../../src/index.ts'
import { createSqliteTokenStore } from '../../src/stores/sqlite/index.ts'
import { basic, ISSUER, NOW, post, RECORD, send, type WireRequest } from '../endpoint.ts'
import { get } from '../feed-endpoint.ts'
import { JWT_TYPE, SIGNING_KEYS } from '../signed-answers.ts'

const SECRET = 'a secret of at least thirty-two characters'
const TOKEN = 'tkn-found-Xw3vK9'
const clock = { seconds: NOW }
const now = () => clock.seconds * 1000

afterEach(() => {
  clock.seconds = NOW
  vi.useRealTimers()
})

/** An endpoint with one secret or key that a function finds, and a request that needs it. */
interface Found {
  readonly handler: HttpHandler
  readonly request: () => WireRequest | Promise<WireRequest>
  /** The codes of the events. */
  readonly codes: (string | undefined)[]
}

type Find = () => never

interface Case {
  /** The path of the option. */
  readonly option: string
  /** What it is for. */
  readonly use: string
  /** What the function has to find. */
  readonly good: unknown
  readonly create: (find: Find) => Found | Promise<Found>
}

function codeOf(event: object): string | undefined {
  return (event as { readonly error?: { readonly code: string } }).error?.code
}

const resource = (more: object) => ({ id: 'orders-api', audiences: [RECORD.aud], ...more })

/** A store that has the token, and the handlers over it. */
function introspectionOf(
  clientAuthentication: object,
  more: object = {},
  store: Pick<ReturnType<typeof createMemoryTokenStore>, 'find'> = createMemoryTokenStore({ now }),
) {
  const codes: (string | undefined)[] = []
  const handler = createIntrospectionHandler({
    issuer: ISSUER,
    clientAuthentication,
    lookup: { store },
    now,
    onEvent: (event) => void codes.push(codeOf(event)),
    ...more,
  })
  return { handler, codes }
}

function introspectWithSecret(clientAuthentication: object): Found {
  return { ...introspectionOf(clientAuthentication), request: () => post({ token: TOKEN }, asking) }
}

const constant = { protectedResources: [resource({ clientSecrets: [SECRET] })] }
const asking = { authorization: basic('orders-api', SECRET) }
const secrets: readonly ClientSecret[] = ['an earlier secret', { secret: SECRET, expiresAt: NOW + 700_000 }]
const LIST = 'clientAuthentication.protectedResources[0].clientSecrets'

async function assertion(): Promise<WireRequest> {
  const jwt = await new SignJWT({ jti: crypto.randomUUID() })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer('orders-api')
    .setSubject('orders-api')
    .setAudience(ISSUER)
    .setIssuedAt(NOW)
    .setExpirationTime(NOW + 300)
    .sign(new TextEncoder().encode(SECRET))
  const client_assertion_type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
  return post({ token: TOKEN, client_assertion: jwt, client_assertion_type }, { authorization: undefined })
}

/** A feed with one event. */
async function feedOf(keySecret: Find): Promise<Found> {
  const store = createMemoryTokenStore({ now, revocationLog: { keySecret } })
  const source = store.revocations ?? expect.fail('no log')
  const { position } = await source.readAfter(undefined, 1)
  await store.revokeGrant('a grant')
  const codes: (string | undefined)[] = []
  const onEvent = (event: object) => void codes.push(codeOf(event))
  const handler = createRevocationFeedHandler({ source, clientAuthentication: constant, now, onEvent })
  return { handler, codes, request: () => get(`?after=${position}`, asking) }
}

function revocationOf(clientSecrets: unknown, store: WritableTokenStore = createMemoryTokenStore({ now })): Found {
  const codes: (string | undefined)[] = []
  const handler = createRevocationHandler({
    clientAuthentication: { clients: [{ id: 'web', clientSecrets: clientSecrets as never }] },
    lookup: { store },
    now,
    onEvent: (event) => void codes.push(codeOf(event)),
  })
  return { handler, codes, request: () => post({ token: TOKEN }, { authorization: basic('web', SECRET) }) }
}

const CASES: readonly Case[] = [
  {
    option: 'response.jwt.keys[0].key',
    use: 'with which an answer is signed',
    good: SIGNING_KEYS[1]?.key,
    create: (key) => ({
      ...introspectionOf(constant, {
        response: { jwt: { defaultSigningAlg: 'ES256', keys: [{ alg: 'ES256', kid: 'found', key }] } },
      }),
      request: () => post({ token: TOKEN }, { ...asking, accept: JWT_TYPE }),
    }),
  },
  {
    option: 'keys',
    use: 'of a mint',
    good: [SECRET, 'another secret of at least 32 characters'],
    create(keys) {
      const { isMinted } = createTokenMint({ prefix: 'acme', keys })
      const lookup = { store: createMemoryTokenStore({ now }), isMinted }
      return {
        ...introspectionOf(constant, { lookup }),
        request: () => post({ token: `acme_${'a'.repeat(70)}` }, asking),
      }
    },
  },
  {
    option: LIST,
    use: 'presented in the Authorization field',
    good: secrets,
    create: (clientSecrets) => introspectWithSecret({ protectedResources: [resource({ clientSecrets })] }),
  },
  {
    option: LIST,
    use: 'presented in the form',
    good: secrets,
    create: (clientSecrets) => ({
      ...introspectWithSecret({ protectedResources: [resource({ clientSecrets })] }),
      request: () =>
        post({ token: TOKEN, client_id: 'orders-api', client_secret: SECRET }, { authorization: undefined }),
    }),
  },
  {
    option: LIST,
    use: 'that signs an assertion',
    good: secrets,
    create: (clientSecrets) => ({
      ...introspectionOf({ protectedResources: [resource({ clientSecrets })], methods: ['client_secret_jwt'] }),
      request: assertion,
    }),
  },
  {
    option: LIST,
    use: 'that is a hash',
    good: [`hash of ${SECRET}`],
    create: (clientSecrets) =>
      introspectWithSecret({
        protectedResources: [resource({ clientSecrets })],
        verifySecret: (presented: string, hash: string) => hash === `hash of ${presented}`,
      }),
  },
  {
    option: 'clientAuthentication.findProtectedResource("orders-api").clientSecrets',
    use: 'of an entry that a function finds',
    good: secrets,
    create: (clientSecrets) =>
      introspectWithSecret({ findProtectedResource: (id: string) => resource({ id, clientSecrets }) }),
  },
  {
    option: 'clientAuthentication.clients[0].clientSecrets',
    use: 'of a client',
    good: secrets,
    create: (find) => revocationOf(find),
  },
  {
    option: 'revocationLog.keySecret',
    use: 'of a log in memory',
    good: SECRET,
    create: feedOf,
  },
  {
    option: 'revocationLog.keySecret',
    use: 'of a log in a database',
    good: SECRET,
    async create(keySecret) {
      const database = new DatabaseSync(':memory:')
      await createSqliteTokenStore({ database, now }).save(TOKEN, { ...RECORD, client_id: 'web' })
      return revocationOf([SECRET], createSqliteTokenStore({ database, now, revocationLog: { keySecret } }))
    },
  },
]

const FAILURES: readonly (readonly [string, () => unknown])[] = [
  [
    'throws',
    () => {
      throw new Error('the vault said s3cr3t')
    },
  ],
  ['rejects', () => Promise.reject(new Error('the vault said s3cr3t'))],
  ['returns nothing', () => undefined],
  ['returns an empty string', () => ''],
  ['returns an empty list', () => []],
  ['returns a list with an empty string', () => Promise.resolve([''])],
  ['returns a number', () => 7],
]

async function ask({ handler, request }: Found): ReturnType<typeof send> {
  return send(handler, await request())
}

describe.each(CASES)('a function in $option, $use,', ({ option, good, create }) => {
  test('is not called before a request needs it, once for many requests, and again after a minute at the earliest', async () => {
    vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] })
    const find = vi.fn<Find>(() => Promise.resolve(good) as never)
    const found = await create(find)
    expect(find).not.toHaveBeenCalled()
    const answers = await Promise.all([ask(found), ask(found)])
    expect(answers.map(({ status }) => status)).toEqual([200, 200])
    await vi.advanceTimersByTimeAsync(59_999)
    clock.seconds += 59
    expect((await ask(found)).status).toBe(200)
    expect(find).toHaveBeenCalledTimes(1)
    await vi.advanceTimersByTimeAsync(2)
    clock.seconds += 1
    expect((await ask(found)).status).toBe(200)
    // The secret of a log is kept: with another one the log would end.
    expect(find).toHaveBeenCalledTimes(option === 'revocationLog.keySecret' ? 1 : 2)
  })

  test.each(FAILURES)('that %s is answered 503, and asked again a second later', async (_, fail) => {
    vi.useFakeTimers({ toFake: ['performance'] })
    let find = fail
    const found = await create((() => find()) as Find)
    const refused = await ask(found)
    expect(refused.status).toBe(503)
    expect(refused.body).toContain('temporarily_unavailable')
    expect(refused.body).not.toContain('s3cr3t')
    expect(found.codes).toEqual(['ERR_SECRET_UNAVAILABLE'])
    find = () => good
    vi.advanceTimersByTime(1000)
    expect((await ask(found)).status).toBe(200)
  })

  test('that never answers is answered 503', async () => {
    vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] })
    const called = Promise.withResolvers<void>()
    const find = () => {
      called.resolve()
      return new Promise(() => undefined)
    }
    const asked = ask(await create(find as Find))
    await called.promise
    await vi.advanceTimersByTimeAsync(5000)
    expect((await asked).status).toBe(503)
  })
})
