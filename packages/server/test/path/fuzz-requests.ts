/** Requests that nobody would write: random ones, almost correct ones, and correct ones with damage. */
import * as fc from 'fast-check'
import { type HttpRequest, RequestTooLargeError } from '../../src/index.ts'
import { basic, FORM, NEXT_SECRET, OTHER_SECRET, SECRET, TOKENS } from '../endpoint.ts'

/** One request. */
export interface FuzzRequest {
  readonly method: string
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: string | Uint8Array
}

const anyText = fc.string({ unit: 'binary', maxLength: 40 })
const octets = fc.uint8Array({ maxLength: 300 })

/** Mostly a correct value, sometimes a similar one, sometimes any value. */
function nearly<Value>(
  right: fc.Arbitrary<Value>,
  close: fc.Arbitrary<Value>,
  any: fc.Arbitrary<Value>,
): fc.Arbitrary<Value> {
  return fc.oneof({ weight: 16, arbitrary: right }, { weight: 3, arbitrary: close }, { weight: 1, arbitrary: any })
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

const contentEncoding = fc.oneof(
  { weight: 19, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: fc.constantFrom('gzip', 'identity', '\u0000') },
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

const validForm = fc.constantFrom(...Object.values(TOKENS).map(([value]) => `token=${value}`))

const body = nearly<string | Uint8Array>(
  validForm,
  fc.oneof(
    nearForm,
    nearForm.map((text) => Buffer.from(text)),
  ),
  fc.oneof(octets, anyText, fc.constant('a'.repeat(40_000)), fc.constant('a&'.repeat(10_000))),
)

/** Requests made from independent random parts. */
const assembled: fc.Arbitrary<FuzzRequest> = fc.record({
  method,
  headers: fc.record({ 'content-type': contentType, accept, authorization, 'content-encoding': contentEncoding }),
  body,
})

/** Damage to octets on their way: one is changed, inserted or lost, or the rest is lost. */
const mutation = fc.record({
  kind: fc.constantFrom('change', 'insert', 'remove', 'repeat', 'cut'),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  octet: fc.integer({ min: 0, max: 255 }),
})
type Mutation = typeof mutation extends fc.Arbitrary<infer Value> ? Value : never

function mutate(text: string, mutations: readonly Mutation[]): Buffer {
  let mutated = Buffer.from(text)
  for (const { kind, at, octet } of mutations) {
    const index = Math.min(Math.floor(at * mutated.length), mutated.length)
    const before = mutated.subarray(0, index)
    const here = mutated.subarray(index, index + 1)
    const after = mutated.subarray(index + 1)
    mutated = Buffer.concat(
      {
        change: [before, Buffer.of(octet), after],
        insert: [before, Buffer.of(octet), here, after],
        remove: [before, after],
        repeat: [before, here, here, after],
        cut: [before],
      }[kind],
    )
  }
  return mutated
}

/** A correct request, with Basic or with credentials in the form, whose octets were changed. */
const mutated: fc.Arbitrary<FuzzRequest> = fc
  .record({
    inForm: fc.boolean(),
    form: validForm,
    inBody: fc.array(mutation, { maxLength: 3 }),
    inCredentials: fc.array(mutation, { maxLength: 2 }),
    inType: fc.oneof({ weight: 9, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: fc.tuple(mutation) }),
  })
  .map(({ inForm, form, inBody, inCredentials, inType }) => {
    const credentials = inForm ? undefined : mutate(basic('orders-api', SECRET), inCredentials).toString('latin1')
    const whole = inForm ? `client_id=orders-api&${form}&client_secret=${SECRET}` : form
    return {
      method: 'POST',
      headers: { 'content-type': mutate(FORM, inType).toString('latin1'), authorization: credentials },
      body: mutate(whole, inBody),
    }
  })

/** A complete request of an unknown caller, or with a wrong secret. The answers must not reveal which. */
const stranger: fc.Arbitrary<FuzzRequest> = fc
  .record({
    id: fc.oneof(identifier, anyText),
    wrong: fc.oneof(fc.constantFrom('wrong', '', SECRET.slice(1), `${SECRET}x`, OTHER_SECRET), anyText),
    form: validForm,
  })
  .map(({ id, wrong, form }) => ({
    method: 'POST',
    headers: {
      'content-type': FORM,
      authorization: basic(encodeURIComponent(id.toWellFormed()), encodeURIComponent(wrong.toWellFormed())),
    },
    body: form,
  }))

export const fuzzRequest: fc.Arbitrary<FuzzRequest> = fc.oneof(
  { weight: 6, arbitrary: assembled },
  { weight: 3, arbitrary: mutated },
  { weight: 1, arbitrary: stranger },
)

/** The request in the form in which an adapter passes it on. */
export function toHttpRequest({ method: sentMethod, headers, body: sentBody }: FuzzRequest): HttpRequest {
  return {
    method: sentMethod,
    header: (name) => headers[name],
    async readBody(maxBytes) {
      await Promise.resolve()
      if (Buffer.byteLength(sentBody) > maxBytes) throw new RequestTooLargeError('too large')
      return sentBody
    },
  }
}

/** Whether the request contains the right credentials anywhere. Without them no answer may be `active`. */
export function hasCredentials({ headers, body: sentBody }: FuzzRequest): boolean {
  const decoded = Buffer.from((headers['authorization'] ?? '').replace(/^\w+ */, ''), 'base64').toString()
  // A mutation may have changed the meaning of escapes.
  const sent = [decoded, Buffer.from(sentBody).toString()].flatMap((text) => [text, unescape(text)])
  return [SECRET, NEXT_SECRET, OTHER_SECRET].some((known) => sent.some((text) => text.includes(known)))
}

function unescape(text: string): string {
  return text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}
