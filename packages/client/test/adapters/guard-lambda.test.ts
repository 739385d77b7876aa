/** What the common table does not show about Lambda: results of handlers, forms in events, and mistakes. */
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import type { OptionalGuard } from '@token-introspection/client'
import { clientSecretBasic, IntrospectionClient } from '@token-introspection/client'
import { type LambdaEvent, lambdaGuard, type LambdaResult, toGuardRequest } from '@token-introspection/client/lambda'
import { describe, expect, test, vi } from 'vitest'
import { byName } from './guard-fixtures.ts'

const event: LambdaEvent = {
  rawPath: '/orders',
  rawQueryString: '',
  headers: { authorization: 'Bearer alice' },
  requestContext: { http: { method: 'GET' } },
}
const lists: LambdaEvent = {
  httpMethod: 'GET',
  path: '/orders',
  multiValueHeaders: { authorization: ['Bearer alice'] },
  requestContext: {},
}

/** A guard that lets every request pass with these fields. */
function allowingWith(headers: Readonly<Record<string, string>>): OptionalGuard {
  return () => Promise.resolve({ allowed: true, token: undefined, headers } as never)
}

const PRIVATE = allowingWith({ 'cache-control': 'private', 'dpop-nonce': 'n' })

test('refuses a client in place of a guard, and what is not a handler', () => {
  expect(() => lambdaGuard({ guard: byName } as never, () => '')).toThrow('guard: this is the client')
  expect(() => lambdaGuard(byName, undefined as never)).toThrow('handle: must be a function, was undefined')
})

test('calls the handler with the event, the token and the context, and returns its result as it is', async () => {
  const result = { anything: true }
  const handle = vi.fn<(...given: unknown[]) => object>(() => result)
  const context = { awsRequestId: 'a' }
  expect(await lambdaGuard(byName, handle)(event, context)).toBe(result)
  expect(handle.mock.calls).toEqual([[event, expect.objectContaining({ sub: 'alice' }), context]])
})

test('rejects an event that is no HTTP request, and calls neither the guard nor the handler', async () => {
  const guard = vi.fn<OptionalGuard>()
  const handle = vi.fn<() => string>()
  await expect(lambdaGuard(guard, handle)({ Records: [] } as never, {})).rejects.toThrow(
    'event: must be an HTTP request',
  )
  expect([guard.mock.calls, handle.mock.calls]).toEqual([[], []])
})

describe('fields of a decision', () => {
  test.each<[string, LambdaEvent, unknown, Partial<LambdaResult>]>([
    ['a status alone', event, { statusCode: 204 }, { statusCode: 204, headers: { 'cache-control': 'private' } }],
    [
      'a weaker field in another case',
      event,
      { statusCode: 200, headers: { 'Cache-Control': 'public, max-age=60' } },
      { headers: { 'cache-control': 'private, max-age=60' } },
    ],
    [
      'a stricter field',
      event,
      { statusCode: 200, headers: { 'Cache-Control': 'no-store' } },
      { headers: { 'cache-control': 'no-store' } },
    ],
    [
      'a field in a list',
      lists,
      { statusCode: 200, headers: { A: 'b' }, multiValueHeaders: { 'Cache-Control': ['public', 'max-age=60'] } },
      { headers: { A: 'b' }, multiValueHeaders: { 'cache-control': ['private, max-age=60'] } },
    ],
    [
      'an object that API Gateway would make JSON of',
      event,
      { orders: [] },
      {
        statusCode: 200,
        headers: { 'content-type': 'application/json', 'cache-control': 'private' },
        body: '{"orders":[]}',
      },
    ],
    ['a text', event, 'well', { statusCode: 200, body: 'well' }],
    ['nothing', event, undefined, { statusCode: 200, body: '' }],
  ])('are added to a result: %s', async (_, given, result, expected) => {
    const answered = (await lambdaGuard(PRIVATE, () => result)(given, {})) as LambdaResult
    expect(answered).toMatchObject(expected)
    const fields = { ...answered.headers, ...answered.multiValueHeaders }
    expect(Object.keys(fields).filter((name) => /^cache-control$/i.test(name))).toEqual(['cache-control'])
    expect(String(fields['dpop-nonce'])).toBe('n')
  })

  test('leave the object of the handler as it was', async () => {
    const result = Object.freeze({ statusCode: 200, headers: Object.freeze({ 'Cache-Control': 'public' }) })
    expect(await lambdaGuard(PRIVATE, () => result)(event, {})).not.toBe(result)
    expect(result.headers).toEqual({ 'Cache-Control': 'public' })
  })
})

describe('a token in the form of an event', () => {
  const introspection = new IntrospectionClient({
    endpoint: 'https://as.example.com/introspect',
    clientAuthentication: clientSecretBasic('api', 's3cr3t'),
    transport: { fetch: () => Promise.resolve(Response.json({ active: true })) },
    token: { sources: ['header', 'form'] },
  })
  const guard = introspection.guard({ audience: false })
  const posted = (changes: Partial<LambdaEvent>) =>
    guard(
      toGuardRequest({
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        requestContext: { http: { method: 'POST' } },
        ...changes,
      }),
    )
  const body = 'access_token=mF_9.B5f'

  test.each<[string, Partial<LambdaEvent>, number | undefined]>([
    ['as text', { body }, undefined],
    ['in base64', { body: Buffer.from(body).toString('base64'), isBase64Encoded: true }, undefined],
    ['announced as base64', { body, isBase64Encoded: true }, 400],
    ['without a body', {}, 401],
    ['of a megabyte', { body: `${body}&a=${'a'.repeat(1_048_576 - body.length - 3)}` }, undefined],
    ['of more than a megabyte', { body: `${body}&a=${'a'.repeat(1_048_576 - body.length - 2)}` }, 400],
    [
      'of a megabyte in base64',
      { body: Buffer.from(`${body}&a=`.padEnd(1_048_576, 'a')).toString('base64'), isBase64Encoded: true },
      undefined,
    ],
    ['of six megabytes in base64', { body: 'AAAA'.repeat(1_500_000), isBase64Encoded: true }, 400],
    [
      'of six megabytes and another media type',
      {
        headers: { 'content-type': 'application/json', authorization: 'Bearer mF_9.B5f' },
        body: `"${'a'.repeat(6_000_000)}"`,
      },
      undefined,
    ],
  ])('%s', async (_, changes, status) => {
    const decision = await posted(changes)
    expect(decision.allowed ? undefined : decision.status).toBe(status)
  })
})

test('a handler that streams asks the guard itself, and begins no stream for a refused request', async () => {
  const begun: unknown[] = []
  /** As the runtime does: the status and the fields come before the first chunk. */
  const from = (stream: PassThrough, head: object) => (begun.push(head), stream)
  const handler = async (asked: LambdaEvent, stream: PassThrough) => {
    const decision = await byName(toGuardRequest(asked))
    if (!decision.allowed) return from(stream, { statusCode: decision.status }).end(decision.body)
    const response = from(stream, { statusCode: 200 })
    for (const order of ['1', '2']) response.write(`${order} for ${decision.token?.sub}\n`)
    return response.end()
  }
  const allowed = new PassThrough()
  await handler(event, allowed)
  expect(await text(allowed)).toBe('1 for alice\n2 for alice\n')
  const refused = new PassThrough()
  await handler({ ...event, headers: {} }, refused)
  expect(await text(refused)).toBe('')
  expect(begun).toEqual([{ statusCode: 200 }, { statusCode: 401 }])
})
