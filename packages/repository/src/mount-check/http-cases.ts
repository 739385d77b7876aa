/** One table of requests and expected answers, the same for every runtime. */
import { isDeepStrictEqual } from 'node:util'
import { basic } from './basic.ts'
import { SECRET, TOKEN } from './endpoint.ts'
import { exchange, type RawRequest, type RawResponse } from './raw-exchange.ts'

/** The expected answer. Other header fields and members may have any value. */
export interface Expected {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  /** The body: JSON that has these members, or this text. */
  readonly body: Readonly<Record<string, unknown>> | string
}

/** One request and its answer. */
export interface HttpCase {
  readonly title: string
  readonly request: RawRequest
  readonly expected: Expected
}

const PATH = '/introspect'
const FORM = 'application/x-www-form-urlencoded'
const credentials: readonly [string, string] = ['authorization', basic('orders-api', SECRET)]
const wrong: readonly [string, string] = ['authorization', basic('orders-api', 'wrong')]
const formType: readonly [string, string] = ['content-type', FORM]
const challenge = 'Basic realm="token introspection", charset="UTF-8"'
const json = { 'content-type': 'application/json', 'cache-control': 'no-store' }
const invalidRequest = { error: 'invalid_request' }
const invalidClient = { error: 'invalid_client' }
const ACTIVE = {
  active: true,
  sub: 'alice',
  aud: 'urn:orders',
  scope: 'orders:read',
  iss: 'https://as.example.com',
  exp: 4_102_444_800,
}

function post(body: string, headers: RawRequest['headers'] = [formType, credentials]): RawRequest {
  return { method: 'POST', path: PATH, headers, body }
}

const encoded = `token=${TOKEN}`
const secretInForm = new URLSearchParams({ client_id: 'orders-api', client_secret: SECRET }).toString()

export const HTTP_CASES: readonly HttpCase[] = [
  ['an active token', post(encoded), 200, json, ACTIVE],
  ['an unknown token', post('token=unknown'), 200, json, '{"active":false}'],
  ['the secret in the form', post(`${encoded}&${secretInForm}`, [formType]), 200, json, ACTIVE],
  ['a query, which is ignored', { ...post(encoded), path: `${PATH}?token=x` }, 200, json, ACTIVE],
  ['a wrong secret', post(encoded, [formType, wrong]), 401, { ...json, 'www-authenticate': challenge }, invalidClient],
  ['no credentials', post(encoded, [formType]), 401, { ...json, 'www-authenticate': challenge }, invalidClient],
  [
    'two Authorization fields',
    post(encoded, [formType, credentials, credentials]),
    401,
    { ...json, 'www-authenticate': challenge },
    invalidClient,
  ],
  [
    'a wrong Authorization field after the right one',
    post(encoded, [formType, credentials, wrong]),
    401,
    { ...json, 'www-authenticate': challenge },
    invalidClient,
  ],
  [
    'a right Authorization field after a wrong one',
    post(encoded, [formType, wrong, credentials]),
    401,
    { ...json, 'www-authenticate': challenge },
    invalidClient,
  ],
  ['a repeated token', post(`${encoded}&${encoded}`), 400, json, invalidRequest],
  ['no token', post('a=b'), 400, json, invalidRequest],
  ['an empty body', post(''), 400, json, invalidRequest],
  ['octets that are no escape', post('token=%zz'), 400, json, invalidRequest],
  [
    'a JSON body',
    post(JSON.stringify({ token: TOKEN }), [['content-type', 'application/json'], credentials]),
    415,
    json,
    invalidRequest,
  ],
  ['a body over the cap', post(`${encoded}&x=${'a'.repeat(40_000)}`), 413, json, invalidRequest],
  ['GET', { ...post(''), method: 'GET', path: `${PATH}?${encoded}` }, 405, { ...json, allow: 'POST' }, invalidRequest],
  ['PUT', { ...post(encoded), method: 'PUT' }, 405, { ...json, allow: 'POST' }, invalidRequest],
  ['OPTIONS', { ...post(''), method: 'OPTIONS' }, 405, { ...json, allow: 'POST' }, invalidRequest],
  ['HEAD', { ...post(''), method: 'HEAD' }, 405, { ...json, allow: 'POST' }, ''],
].map(
  ([title, request, status, headers, body]) =>
    ({ title, request, expected: { status, headers, body } }) as unknown as HttpCase,
)

/**
 * Sends every request, and reports every other answer.
 *
 * @param exceptions - other answers, by title, where the runtime answers before the handler.
 * @param path - where the endpoint is.
 */
export async function runCases(
  port: number,
  exceptions: Readonly<Record<string, Expected>>,
  path = PATH,
): Promise<string[]> {
  const problems: string[] = []
  for (const { title, request, expected } of HTTP_CASES) {
    const response = await exchange(port, { ...request, path: request.path.replace(PATH, path) }).catch(
      (error: unknown) => error as Error,
    )
    const complaint = response instanceof Error ? response.message : complain(response, exceptions[title] ?? expected)
    if (complaint !== undefined) problems.push(`${title}: ${complaint}`)
  }
  return problems
}

function complain(response: RawResponse, { status, headers = {}, body }: Expected): string | undefined {
  if (response.status !== status) return `status ${response.status}, not ${status}`
  for (const [name, value] of Object.entries(headers)) {
    if (response.headers[name] !== value) return `${name} ${response.headers[name]}, not ${value}`
  }
  const opened = Object.keys(response.headers).find((name) => name.startsWith('access-control-'))
  if (opened !== undefined) return `${opened} is sent`
  const told = [SECRET, TOKEN].find((secret) => JSON.stringify(response).includes(secret))
  if (told !== undefined) return 'the answer repeats what was secret in the request'
  if (typeof body === 'string') return response.body === body ? undefined : `body ${JSON.stringify(response.body)}`
  const members = JSON.parse(response.body) as Record<string, unknown>
  const agree = Object.entries(body).every(([name, value]) => isDeepStrictEqual(members[name], value))
  return agree ? undefined : `body ${response.body}`
}
