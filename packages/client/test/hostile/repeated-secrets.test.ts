/** A server that writes the token, or the credentials of the client, into its answer: nothing that is shown has a part of them. */
import { Buffer } from 'node:buffer'
import {
  clientSecretBasic,
  clientSecretPost,
  combineIssuers,
  type GuardOptions,
  IntrospectionClient,
  type IntrospectionClientEvent,
  type IntrospectionClientOptions,
  logEvents,
  type Refusal,
} from '@token-introspection/client'
import { afterEach, describe, expect, test, vi } from 'vitest'

const NOW = 1_700_000_000
const audience = 'https://orders.example.com'
const token = 'mF_9.B5f-4.1JqM7c0ffee/x+y='
const secret = 'c0rrect h0rse b4ttery st4ple %7E'
const basic = Buffer.from(`orders-api:${new URLSearchParams({ a: secret }).toString().slice(2)}`).toString('base64')
const PART = 8

/** The spellings in which a server may repeat a text. */
const SPELLINGS: readonly [name: string, spell: (text: string) => string][] = [
  ['as it is', (text) => text],
  ['inside another text', (text) => `https://${text}.example.com/a`],
  ['in a URL', (text) => `https://a.example/${encodeURIComponent(text)}`],
  ['in a form', (text) => new URLSearchParams({ a: text }).toString()],
  ['cut', (text) => text.slice(3)],
]

/** Each requirement of a guard, and an answer that fails it with a text of the server. */
const REQUIREMENTS: readonly [
  member: string,
  guard: GuardOptions,
  answer: (text: string) => Record<string, unknown>,
  reason: Refusal['reason'],
][] = [
  ['aud', {}, (text) => ({ aud: text }), 'audience'],
  ['a list of aud', {}, (text) => ({ aud: ['a', text] }), 'audience'],
  ['iss', { issuer: 'https://as.example.com' }, (text) => ({ aud: audience, iss: text }), 'issuer'],
  ['scope', { scope: 'orders:read' }, (text) => ({ aud: audience, scope: text }), 'scope'],
  ['scope of a function', { scope: () => false }, (text) => ({ aud: audience, scope: text }), 'scope'],
  ['acr', { acrValues: ['gold'] }, (text) => ({ aud: audience, acr: text }), 'authentication'],
  ['token_type', {}, (text) => ({ aud: audience, token_type: text }), 'token_kind'],
  ['token_use', {}, (text) => ({ aud: audience, token_use: text }), 'token_kind'],
  [
    'a word of the kind',
    { tokenKind: { member: 'kind', oneOf: ['at'] } },
    (text) => ({ aud: audience, kind: text }),
    'token_kind',
  ],
  [
    'a list of the kind',
    { tokenKind: { member: 'kind', oneOf: ['at'] } },
    (text) => ({ aud: audience, kind: [{ [text]: text }] }),
    'token_kind',
  ],
  ['cnf', {}, (text) => ({ aud: audience, cnf: { jkt: text } }), 'unavailable'],
]

function isShown(shown: string, sent: string): boolean {
  return Array.from({ length: sent.length - PART + 1 }, (_, at) => sent.slice(at, at + PART)).some((part) =>
    shown.includes(part),
  )
}

/** Everything that a program can write to a log. */
function everything(...values: readonly unknown[]): string {
  return values.map((value) => said(value, new Set())).join('\n')
}

function said(value: unknown, seen: Set<unknown>): string {
  if (typeof value !== 'object' || value === null) return String(value)
  if (seen.has(value)) return ''
  seen.add(value)
  return Reflect.ownKeys(value)
    .map((name) => `${String(name)}=${said(Reflect.get(value, name), seen)}`)
    .join(' ')
}

function create(answer: () => Response, options: Partial<IntrospectionClientOptions> = {}) {
  const events: IntrospectionClientEvent[] = []
  const logged: unknown[] = []
  const log = (...given: unknown[]): void => {
    logged.push(...given)
  }
  const write = logEvents({ debug: log, info: log, warn: log, error: log })
  const client = new IntrospectionClient({
    endpoint: 'https://as.example.com/introspect',
    clientAuthentication: clientSecretBasic('orders-api', secret),
    policy: { audience },
    now: () => NOW * 1000,
    onEvent: (event) => {
      events.push(event)
      write(event)
    },
    ...options,
    transport: { fetch: async () => answer() },
  })
  return { client, events, logged }
}

function request(headers: Record<string, string> = {}): Request {
  return new Request(audience, { headers: { authorization: `Bearer ${token}`, ...headers } })
}

const SENT: readonly [name: string, text: string][] = [
  ['the token', token],
  ['the secret', secret],
  ['the credentials', basic],
]

const cases = SENT.flatMap(([what, sent]) =>
  SPELLINGS.flatMap(([how, spell]) => REQUIREMENTS.map((each) => [what, how, each[0], sent, spell, each] as const)),
)

afterEach(() => {
  vi.restoreAllMocks()
})

describe('an answer that repeats', () => {
  test.each(cases)('%s %s in %s shows no part of it', async (_what, _how, _member, sent, spell, requirement) => {
    const [, options, answer, reason] = requirement
    const warning = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
    const text = spell(sent)
    const { client, events, logged } = create(() => Response.json({ active: true, ...answer(text) }))
    const guard = { audience, ...options } as GuardOptions
    const decision = await client.guard(guard)(request())
    const explanation = await client.explain(request(), guard)
    expect(decision.allowed ? undefined : decision.reason).toBe(reason)
    expect(events.some(({ type }) => type === 'guarded')).toBe(true)
    const shown = everything(decision, events, logged, warning.mock.calls, explanation)
    expect(isShown(shown, sent)).toBe(false)
    expect(isShown(shown, encodeURIComponent(sent))).toBe(false)
  })
})

const ends = SENT.flatMap(
  ([what, sent]) =>
    [
      [what, 'iss that is not accepted', sent, { iss: `https://as.example.com/${encodeURIComponent(sent)}` }, {}],
      [what, 'a list as iss', sent, { iss: [sent] }, {}],
      [what, 'the name of a member', sent, { [sent]: 1, exp: sent }, {}],
    ] as const,
)

describe('an answer that cannot be used, and repeats', () => {
  test.each(ends)('%s in %s shows no part of it', async (_what, _where, sent, members) => {
    const warning = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
    const { client, events, logged } = create(() => Response.json({ active: true, aud: audience, ...members }), {
      response: { acceptedIssuers: ['https://as.example.com'] },
    })
    const decision = await client.guard()(request())
    const failure: unknown = await client.introspect(token).catch((error: unknown) => error)
    expect(isShown(everything(decision, failure, events, logged, warning.mock.calls), encodeURIComponent(sent))).toBe(
      false,
    )
    expect(isShown(everything(decision, failure, events, logged, warning.mock.calls), sent)).toBe(false)
  })

  test.each(SENT)('%s as media type shows no part of it', async (_, sent) => {
    const type = `text/${sent.replaceAll(/[^\w.+-]/g, '')}`.toLowerCase()
    const { client, events, logged } = create(() => new Response('{}', { headers: { 'content-type': type } }))
    const decision = await client.guard()(request())
    expect(decision).toMatchObject({ reason: 'unavailable' })
    expect(everything(decision, events, logged)).not.toContain(type.slice(5))
  })
})

describe('a request that repeats the token', () => {
  test('in its proof shows no part of it', async () => {
    const header = Buffer.from(JSON.stringify({ typ: 'dpop+jwt', alg: token, jwk: {} })).toString('base64url')
    const { client, events, logged } = create(
      () => Response.json({ active: true, aud: audience, token_type: 'DPoP', cnf: { jkt: 'k'.repeat(43) } }),
      { policy: { audience, dpop: { origin: 'https://orders.example.com' } } },
    )
    const decision = await client.guard()(request({ authorization: `DPoP ${token}`, dpop: `${header}.e30.c2ln` }))
    expect(decision).toMatchObject({ reason: 'proof' })
    expect(decision).toMatchObject({ detail: expect.stringContaining('[sent]') as unknown })
    expect(isShown(everything(decision, events, logged), token)).toBe(false)
  })

  test('in its Origin shows no part of it', async () => {
    const { client, events, logged } = create(() => Response.json({ active: true, aud: audience }), {
      token: { cookie: { name: '__Host-session', allowedOrigins: [audience] } },
    })
    const headers = { cookie: `__Host-session=${token}`, origin: `https://${token}`, 'sec-fetch-site': 'cross-site' }
    const decision = await client.guard()({ method: 'POST', url: audience, headers: new Headers(headers) })
    expect(decision).toMatchObject({ reason: 'origin' })
    expect(isShown(everything(decision, events, logged), token)).toBe(false)
  })
})

describe('the warning about an audience that no token has', () => {
  test.each(SENT)('shows no part of %s', async (_, sent) => {
    const warning = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
    const { client } = create(() => Response.json({ active: true, aud: sent }), { onEvent: undefined })
    const guard = client.guard()
    for (let count = 0; count < 20; count += 1) await guard(request())
    expect(warning).toHaveBeenCalledTimes(1)
    const shown = everything(...warning.mock.calls)
    expect(shown).toContain('unexpected aud "[sent]"')
    expect(isShown(shown, sent)).toBe(false)
  })
})

describe('what is known', () => {
  test('is a secret of the form, and one that was replaced lately', async () => {
    const secrets = ['first-secret-0123456789', 'second-secret-0123456789']
    let at = 0
    const { client } = create(() => Response.json({ active: true, aud: secrets }), {
      clientAuthentication: clientSecretPost('orders-api', () => secrets[at] ?? ''),
    })
    await client.guard()(request())
    at = 1
    expect(await client.guard()(request())).toMatchObject({ mismatch: { found: ['[sent]', '[sent]'] } })
  })

  test('is not a parameter that an option names', async () => {
    const { client } = create(() => Response.json({ active: true, aud: 'https://tenant-of-acme.example' }), {})
    const parameters = { tenant: 'tenant-of-acme' }
    await client.introspect(token, { parameters })
    expect(await client.guard()(request())).toMatchObject({ mismatch: { found: ['https://tenant-of-acme.example'] } })
  })

  test('is the same when issuers are combined', async () => {
    const { client } = create(() => Response.json({ active: true, aud: secret }), { issuer: 'https://as.example.com' })
    const combined = combineIssuers({ issuers: { one: client }, fallback: 'one' })
    expect(await combined.guard()(request())).toMatchObject({ mismatch: { found: ['[sent]'] } })
  })

  test('is taken out of the end of a watch', async () => {
    const { client } = create(() => Response.json({ active: true, aud: `${token} ${secret}` }))
    const signal = client.watch(token, { until: new AbortController().signal, policy: { audience } })
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
    expect(isShown(everything(signal.reason), token)).toBe(false)
    expect(signal.reason).toMatchObject({ mismatch: { found: ['[sent] [sent]'] } })
  })
})
