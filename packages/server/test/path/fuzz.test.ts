/** Ten thousand requests nobody would write, through the plain-data form. */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { type HttpRequest, type HttpResponse, RequestTooLargeError } from '../../src/index.ts'
import { basic, createEndpoint, expectNothingSecret, FORM, SECRET, TOKENS } from '../endpoint.ts'

const STATUSES = new Set([200, 400, 401, 405, 406, 413, 415])

const anyText = fc.string({ unit: 'binary', maxLength: 40 })
const octets = fc.uint8Array({ maxLength: 300 })

/** Mostly the right thing, sometimes something close, sometimes anything. */
function nearly<Value>(
  right: fc.Arbitrary<Value>,
  close: fc.Arbitrary<Value>,
  any: fc.Arbitrary<Value>,
): fc.Arbitrary<Value> {
  return fc.oneof({ weight: 6, arbitrary: right }, { weight: 3, arbitrary: close }, { weight: 1, arbitrary: any })
}

const method = nearly(fc.constant('POST'), fc.constantFrom('GET', 'post', 'HEAD', 'PUT', 'POST '), anyText)

const contentType = nearly<string | undefined>(
  fc.constant(FORM),
  fc.constantFrom(`${FORM}; charset=utf-8`, FORM.toUpperCase(), `${FORM},${FORM}`, 'application/json', `${FORM};;="`),
  fc.option(anyText, { nil: undefined }),
)

const accept = nearly<string | undefined>(
  fc.constantFrom(undefined, '*/*', 'application/json'),
  fc.constantFrom('application/json;q=0', '*/*;q=0.001', ',,;q=', 'application/json;q=2', 'a/b,'.repeat(500)),
  anyText,
)

const identifier = fc.constantFrom('orders-api', 'invoices-api', 'nobody', '', 'orders%2Dapi', '__proto__')
const secret = nearly(fc.constant(SECRET), fc.constantFrom('', '%zz', '%6', `${SECRET}%00`, ':'), anyText)

const authorization = nearly<string | undefined>(
  fc.constant(basic('orders-api', SECRET)),
  fc.oneof(
    fc.tuple(identifier, secret).map(([id, value]) => basic(id, value)),
    fc
      .tuple(fc.constantFrom('Basic ', 'basic  ', 'Basic', 'Bearer ', 'DPoP '), fc.base64String({ maxLength: 60 }))
      .map(([scheme, text]) => scheme + text),
    octets.map((credentials) => `Basic ${Buffer.from(credentials).toString('base64')}`),
    fc.constant(`${basic('orders-api', SECRET)}, ${basic('orders-api', SECRET)}`),
    fc.constant(undefined),
  ),
  anyText,
)

const names = fc.constantFrom(
  'token',
  'token',
  'token_type_hint',
  'client_id',
  'client_secret',
  'client_assertion',
  'Token',
  '',
  '__proto__',
)
const values = fc.oneof(
  fc.constantFrom(...Object.values(TOKENS).map(([value]) => value)),
  fc.constantFrom('', 'orders-api', SECRET, 'access_token', '%', '%zz', '%FF', '+'),
  anyText.map((text) => encodeURIComponent(text.toWellFormed())),
)

const nearForm = fc
  .array(fc.tuple(names, fc.constantFrom('=', '=', '=', '', '=='), values), { maxLength: 6 })
  .map((parameters) => parameters.map((parts) => parts.join('')).join('&'))

const body = nearly<string | Uint8Array>(
  fc.constantFrom(...Object.values(TOKENS).map(([value]) => `token=${value}`)),
  fc.oneof(
    nearForm,
    nearForm.map((text) => Buffer.from(text)),
  ),
  fc.oneof(octets, anyText, fc.constant('a'.repeat(40_000)), fc.constant('a&'.repeat(10_000))),
)

const request = fc.record({
  method,
  headers: fc.record({
    'content-type': contentType,
    accept,
    authorization,
    'content-encoding': fc.option(fc.constantFrom('gzip', 'identity', '\u0000'), { nil: undefined, freq: 20 }),
  }),
  body,
})

type Random = typeof request extends fc.Arbitrary<infer Value> ? Value : never

function toHttpRequest({ method: sentMethod, headers, body: sentBody }: Random): HttpRequest {
  return {
    method: sentMethod,
    header: (name) => (headers as Record<string, string | undefined>)[name],
    async readBody(maxBytes) {
      await Promise.resolve()
      if (Buffer.byteLength(sentBody) > maxBytes) throw new RequestTooLargeError('too large')
      return sentBody
    },
  }
}

/** Whether the right credentials stand anywhere in the request; without them nothing may be active. */
function hasCredentials({ headers, body: sentBody }: Random): boolean {
  const decoded = Buffer.from((headers.authorization ?? '').replace(/^\w+ */, ''), 'base64').toString()
  return decoded.includes(SECRET) || Buffer.from(sentBody).toString().includes(SECRET)
}

test('answers any request, truthfully and without its secrets', async () => {
  const { handler, events } = await createEndpoint()
  const seen = new Map<number, number>()
  let active = 0
  await fc.assert(
    fc.asyncProperty(request, async (random) => {
      events.length = 0
      const response: HttpResponse = await handler.handle(toHttpRequest(random))
      seen.set(response.status, (seen.get(response.status) ?? 0) + 1)
      expect(STATUSES).toContain(response.status)
      const answer = JSON.parse(response.body) as { active?: unknown; error?: unknown }
      expect(response.status === 200 ? typeof answer.active : typeof answer.error).toBe(
        response.status === 200 ? 'boolean' : 'string',
      )
      if (answer.active === true) {
        active++
        expect(hasCredentials(random)).toBe(true)
      }
      expect(response.headers['www-authenticate'] !== undefined).toBe(response.status === 401)
      expect(events).toHaveLength(1)
      expectNothingSecret(response, events)
    }),
    { numRuns: 10_000 },
  )
  // Every kind of answer was among them, or the property would say little.
  expect(new Set(seen.keys())).toEqual(STATUSES)
  expect(active).toBeGreaterThan(100)
}, 30_000)
