import {
  clientSecretBasic,
  type GuardDecision,
  IntrospectionClient,
  isIntrospectionError,
} from '@token-introspection/client'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'

const now = 1_764_000_000
const audience = 'https://api.example.com'
const scope = 'orders:read'

/** A client whose authorization server gives one answer. */
function createClient(answer: () => Response): IntrospectionClient {
  return new IntrospectionClient({
    endpoint: 'https://as.example.com/introspect',
    clientAuthentication: clientSecretBasic('api', 'secret'),
    transport: { fetch: () => Promise.resolve(answer()) },
    now: () => now * 1000,
  })
}

function decide(answer: () => Response, field = 'Bearer abc'): Promise<GuardDecision> {
  const guard = createClient(answer).guard({ audience, scope })
  return guard({ headers: { get: () => field } })
}

const active = (): Response => Response.json({ active: true, aud: audience, scope })
const json = { 'content-type': 'application/json' }

const isTime = (time: unknown): boolean => time === undefined || (typeof time === 'number' && time >= 0 && time < 1e11)

describe('an Authorization field of any characters', () => {
  const field = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: 'grapheme' }),
    fc
      .tuple(
        fc.constantFrom('Bearer', 'bearer', 'BEARER', 'Basic', 'DPoP', ''),
        fc.constantFrom(' ', '  ', '\t', '', ', '),
        fc.oneof(fc.stringMatching(/^[A-Za-z0-9\-._~+/]{1,20}=*$/), fc.string()),
        fc.constantFrom('', ' ', ',', ', Bearer x', '\r\n'),
      )
      .map((parts) => parts.join('')),
  )

  test('has a token only by the grammar, and otherwise causes at most a refusal', async () => {
    const seen = { allowed: 0, 400: 0, 401: 0 }
    await fc.assert(
      fc.asyncProperty(field, async (value) => {
        const decision = await decide(active, value)
        const outcome = decision.allowed ? 'allowed' : (decision.status as 400 | 401)
        seen[outcome]++
        expect(decision.allowed).toBe(/^bearer +[A-Za-z0-9\-._~+/]+=*$/i.test(value))
      }),
      { numRuns: 2000 },
    )
    expect(Object.keys(seen)).toEqual(['400', '401', 'allowed'])
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(0)
  })
})

describe('an answer of any octets', () => {
  const octets = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.json().map((text) => new TextEncoder().encode(text)),
    fc
      .tuple(fc.json({ maxDepth: 2 }), fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 3 }))
      .map(([text, at, splice]) => {
        const valid = new TextEncoder().encode(`{"active":true,"x":${text}}`)
        valid.set(splice, at % (valid.length - splice.length))
        return valid
      }),
  )
  const status = fc.oneof({ weight: 4, arbitrary: fc.constant(200) }, fc.integer({ min: 200, max: 599 }))
  const bodiless = new Set([204, 205, 304])

  test('gives a result or an error with a code, and is active only when it says so', async () => {
    const seen = { active: 0, inactive: 0, failed: 0 }
    await fc.assert(
      fc.asyncProperty(octets, status, async (body, code) => {
        const answer = () => new Response(bodiless.has(code) ? null : body, { status: code, headers: json })
        let outcome: keyof typeof seen
        try {
          const result = await createClient(answer).introspect('abc')
          outcome = result.active ? 'active' : 'inactive'
        } catch (error) {
          expect(isIntrospectionError(error)).toBe(true)
          outcome = 'failed'
        }
        seen[outcome]++
        if (outcome !== 'active') return
        expect(code).toBe(200)
        expect(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))).toMatchObject({ active: true })
      }),
      { numRuns: 3000 },
    )
    expect(seen.active).toBeGreaterThan(0)
    expect(seen.failed).toBeGreaterThan(0)
  })
})

describe('an answer of any members', () => {
  const times = [undefined, now, now - 5, now - 4, now + 5, now + 6, 0, -1, now * 1000, String(now), null, 1.5]
  const members = fc.record(
    {
      active: fc.oneof(
        { weight: 6, arbitrary: fc.constant<unknown>(true) },
        fc.constantFrom<unknown>(false, 'true', 'false', 1, 0, null, {}, [true], undefined),
      ),
      aud: fc.oneof(
        { weight: 4, arbitrary: fc.constantFrom<unknown>(audience, ['x', audience]) },
        fc.constantFrom<unknown>(undefined, 'x', `${audience}/`, `https://evil.example/${audience}`, [], 5, null, [5]),
      ),
      scope: fc.oneof(
        { weight: 4, arbitrary: fc.constantFrom<unknown>(scope, `a ${scope}`, `${scope} b`) },
        fc.constantFrom<unknown>(undefined, '', 'a', `${scope}s`, scope.toUpperCase(), [scope], 5, null),
      ),
      exp: fc.oneof({ weight: 3, arbitrary: fc.constant<unknown>(now + 60) }, fc.constantFrom<unknown>(...times)),
      nbf: fc.oneof({ weight: 3, arbitrary: fc.constant<unknown>(now - 60) }, fc.constantFrom<unknown>(...times)),
      iat: fc.oneof(
        { weight: 3, arbitrary: fc.constant<unknown>(now - 60) },
        fc.constantFrom<unknown>(...times, now + 301),
      ),
      token_type: fc.oneof(
        { weight: 4, arbitrary: fc.constantFrom<unknown>('Bearer', 'bearer', undefined) },
        fc.constantFrom<unknown>('DPoP', 'refresh_token', 'id_token', 5, null),
      ),
      token_use: fc.oneof(
        { weight: 6, arbitrary: fc.constantFrom<unknown>('access_token', undefined) },
        fc.constantFrom<unknown>('refresh_token', 'id'),
      ),
      cnf: fc.oneof(
        { weight: 6, arbitrary: fc.constant<unknown>(undefined) },
        fc.constantFrom<unknown>({}, { kid: 'x' }, null),
      ),
      sub: fc.oneof({ weight: 6, arbitrary: fc.string() }, fc.constantFrom<unknown>(5, null)),
      extra: fc.jsonValue({ maxDepth: 2 }),
    },
    { requiredKeys: [] },
  )

  /** The whole policy a second time, written as simply as possible. */
  function mayPass(answer: { readonly [member: string]: unknown }): boolean {
    const { active: isActive, aud, scope: granted, exp, nbf, iat, token_type: type, token_use: use, cnf, sub } = answer
    return (
      isActive === true &&
      [aud].flat().every((value) => typeof value === 'string') &&
      [aud].flat().includes(audience) &&
      typeof granted === 'string' &&
      granted.split(' ').includes(scope) &&
      [exp, nbf, iat].every(isTime) &&
      (exp === undefined || now - 5 < Math.floor(Number(exp))) &&
      (nbf === undefined || Number(nbf) <= now + 5) &&
      (iat === undefined || Number(iat) <= now + 300) &&
      (type === undefined || ['Bearer', 'bearer'].includes(type as string)) &&
      (use === undefined || use === 'access_token') &&
      cnf === undefined &&
      (sub === undefined || sub === null || typeof sub === 'string')
    )
  }

  test('is let pass exactly when the simple policy says so', async () => {
    const seen = { allowed: 0, refused: 0 }
    await fc.assert(
      fc.asyncProperty(members, async (body) => {
        const text = JSON.stringify(body)
        const decision = await decide(() => new Response(text, { headers: json }))
        seen[decision.allowed ? 'allowed' : 'refused']++
        // parseJsonObject refuses a name such as __proto__ anywhere (RFC 8259 §4), and fast-check likes to generate it.
        const isReadable = !text.includes('"__proto__":')
        expect(decision.allowed).toBe(isReadable && mayPass(JSON.parse(text) as Record<string, unknown>))
      }),
      { numRuns: 5000 },
    )
    expect(seen.allowed).toBeGreaterThan(100)
    expect(seen.refused).toBeGreaterThan(100)
  })

  test('is not let pass by a second member of the same name', async () => {
    await fc.assert(
      fc.asyncProperty(
        members,
        fc.constantFrom('active', '\\u0061ctive', 'aud', 'scope', 'exp'),
        async (body, name) => {
          const good = `"active":true,"aud":"${audience}","scope":"${scope}","exp":${now + 60}`
          const value = JSON.stringify(body[name.replace('\\u0061', 'a') as keyof typeof body] ?? null)
          for (const text of [`{${good},"${name}":${value}}`, `{"${name}":${value},${good}}`]) {
            const decision = await decide(() => new Response(text, { headers: json }))
            expect(decision).toMatchObject({ allowed: false, status: 502 })
          }
        },
      ),
      { numRuns: 500 },
    )
  })
})
