/** The command `doctor` names seeded faults of a server that does everything else right. */
import { afterEach, describe, expect, test } from 'vitest'
import { doctor, type Ran, TOKEN } from '../doctor/run-command.ts'
import { unsignedJwt } from '../doctor/unsigned-jwt.ts'
import type { Given } from '../memory-surroundings.ts'
import type { CannedServer } from '../servers/canned-server.ts'
import { type Behaviour, CALLER, isCaller, isCallerByPost, json, startModelServer } from '../servers/model-server.ts'

const AUDIENCE = 'https://orders.example.com'
const nowSeconds = (): number => Math.floor(Date.now() / 1000)
const active = (members: object = {}): object => ({ active: true, aud: AUDIENCE, exp: nowSeconds() + 60, ...members })
const good = (members: object = {}): Behaviour => ({
  answerAbout: (token) => (token === TOKEN ? active(members) : undefined),
})
const page = (status = 200) => ({
  status,
  headers: { 'content-type': 'text/html' },
  body: '<!doctype html><h1>Sign in</h1>',
})
const atEndpoint = (answer: object): Behaviour => ({
  instead: ({ method }) => (method === 'POST' ? answer : undefined),
})

let server: CannedServer
afterEach(() => server.close())

/** A fault, and what the doctor must say about it. */
interface Row {
  readonly fault: string
  readonly behaviour: Behaviour
  /** Default the issuer. */
  readonly args?: (url: string) => readonly string[]
  readonly given?: Given
  readonly token?: true | ((url: string) => string)
  readonly says: readonly [step: string, side: string, fix: RegExp, clause: string | undefined]
}

const rows: Record<string, Row> = {
  'a server that does not form-decode Basic credentials': {
    fault: 'basic_encoding',
    behaviour: { accepts: (request) => isCaller(request, '', 'raw') },
    says: ['credentials', 'authorization_server', /encoding: 'raw'/, 'RFC 6749 §2.3.1'],
  },
  'a server that reads Basic credentials as ISO-8859-1': {
    fault: 'basic_encoding',
    behaviour: { accepts: (request) => isCaller(request, '', 'latin1') },
    says: ['credentials', 'authorization_server', /encoding: 'latin1'/, 'RFC 6749 §2.3.1'],
  },
  'client_secret_basic where client_secret_post is registered': {
    fault: 'wrong_method',
    behaviour: { accepts: isCallerByPost },
    says: ['credentials', 'resource_server', /--auth client_secret_post/, 'RFC 7591 §2'],
  },
  'client_secret_post where client_secret_basic is registered': {
    fault: 'wrong_method',
    behaviour: {},
    args: (url) => ['--issuer', url, '--auth', 'client_secret_post'],
    says: ['credentials', 'resource_server', /--auth client_secret_basic/, 'RFC 7591 §2'],
  },
  'a secret where the metadata name only private_key_jwt': {
    fault: 'wrong_method',
    behaviour: {
      accepts: () => false,
      metadata: () => ({ introspection_endpoint_auth_methods_supported: ['private_key_jwt'] }),
    },
    says: ['credentials', 'resource_server', /privateKeyJwt\(id, key\)/, 'RFC 7591 §2'],
  },
  'a wrong secret': {
    fault: 'credentials_refused',
    behaviour: { accepts: () => false },
    says: ['credentials', 'resource_server', /Compare the identifier and the secret/, 'RFC 6749 §2.3.1'],
  },
  'a caller that may not introspect': {
    fault: 'not_permitted',
    behaviour: atEndpoint(json({ error: 'access_denied' }, 403)),
    says: ['credentials', 'resource_server', /Allow introspection/, 'RFC 7662 §2.1'],
  },
  'localhost in the configuration and 127.0.0.1 in the metadata': {
    fault: 'issuer_split',
    behaviour: {},
    args: (url) => ['--issuer', url.replace('127.0.0.1', 'localhost')],
    says: ['metadata', 'resource_server', /Set issuer to 'http:\/\/127\.0\.0\.1/, 'RFC 8414 §3.3'],
  },
  'a public name in the metadata of a server that is asked by an inner one': {
    fault: 'issuer_split',
    behaviour: { metadata: () => ({ issuer: 'https://sso.example.com/realms/acme' }) },
    args: (url) => ['--issuer', `${url}/realms/acme`],
    says: [
      'metadata',
      'resource_server',
      /give its introspection endpoint there as the option endpoint/,
      'RFC 8414 §3.3',
    ],
  },
  'an issuer without the slash at its end': {
    fault: 'trailing_slash',
    behaviour: { metadata: (url) => ({ issuer: `${url}/` }) },
    says: ['metadata', 'resource_server', /Set issuer to 'http:\/\/127\.0\.0\.1:\d+\/'/, 'RFC 8414 §3.3'],
  },
  'metadata of another tenant': {
    fault: 'metadata_of_another_issuer',
    behaviour: { metadata: (url) => ({ issuer: `${url}/other` }) },
    args: (url) => ['--issuer', `${url}/acme`],
    says: ['metadata', 'resource_server', /it leads to another server or tenant/, 'RFC 8414 §3.3'],
  },
  'metadata without an introspection endpoint': {
    fault: 'no_introspection',
    behaviour: { metadata: () => ({ introspection_endpoint: undefined }) },
    says: ['metadata', 'authorization_server', /option group jwt/, 'RFC 8414 §2'],
  },
  'metadata that name an http endpoint behind a TLS proxy': {
    fault: 'plain_http_in_metadata',
    behaviour: { metadata: () => ({ introspection_endpoint: 'http://as.example.com/introspect' }) },
    says: ['metadata', 'authorization_server', /X-Forwarded-Proto/, 'RFC 7662 §4'],
  },
  'no metadata at all': {
    fault: 'no_metadata',
    behaviour: { instead: () => page(404) },
    says: ['metadata', 'resource_server', /transport\.metadataUrl/, 'RFC 8414 §3'],
  },
  'a rate limit at the metadata': {
    fault: 'rate_limited',
    behaviour: { instead: () => ({ status: 429, headers: { 'retry-after': '30' } }) },
    says: ['metadata', 'authorization_server', /have the limit raised/, 'RFC 6585 §4'],
  },
  'metadata that a server out of order does not give': {
    fault: 'server_error',
    behaviour: { instead: () => ({ status: 503 }) },
    says: ['metadata', 'authorization_server', /See the log/, 'RFC 9110 §15.6'],
  },
  'a realm that Keycloak does not know': {
    fault: 'wrong_realm',
    behaviour: {
      instead: ({ method }) => (method === 'GET' ? json({ error: 'Realm does not exist' }, 404) : undefined),
    },
    args: (url) => ['--issuer', `${url}/realms/Acme`],
    says: ['metadata', 'resource_server', /Upper and lower case/, 'RFC 8414 §3.3'],
  },
  'http to another machine': {
    fault: 'plain_http',
    behaviour: {},
    args: () => ['--issuer', 'http://as.example.com'],
    says: ['connection', 'resource_server', /Use https:\/\/as\.example\.com/, 'RFC 7662 §4'],
  },
  'a page at the endpoint': {
    fault: 'html_at_endpoint',
    behaviour: atEndpoint(page()),
    says: ['endpoint', 'resource_server', /Let the gateway pass/, 'RFC 7662 §2.2'],
  },
  'a redirect to a login page': {
    fault: 'redirect',
    behaviour: atEndpoint({ status: 302, headers: { location: 'https://login.example.com/in?state=secret-state' } }),
    says: ['endpoint', 'resource_server', /If https:\/\/login\.example\.com\/in is the right place/, 'RFC 7662 §4'],
  },
  'a redirect of the metadata': {
    fault: 'redirect',
    behaviour: { instead: () => ({ status: 301, headers: { location: '/elsewhere' } }) },
    says: ['metadata', 'resource_server', /elsewhere is the right place/, 'RFC 7662 §4'],
  },
  'a slash too many at the endpoint': {
    fault: 'trailing_slash',
    behaviour: {},
    args: (url) => ['--endpoint', `${url}/introspect/`],
    says: ['endpoint', 'resource_server', /Set endpoint to '[^']*\/introspect'/, 'RFC 7662 §2'],
  },
  'a redirect to the endpoint with a slash': {
    fault: 'trailing_slash',
    behaviour: {
      instead: ({ url }) =>
        url === '/introspect'
          ? { status: 308, headers: { location: '/introspect/' } }
          : url === '/introspect/'
            ? json({ active: false })
            : undefined,
    },
    says: ['endpoint', 'resource_server', /Set endpoint to '[^']*\/introspect\/'/, 'RFC 7662 §2'],
  },
  'another path at the endpoint': {
    fault: 'no_endpoint_here',
    behaviour: {},
    args: (url) => ['--endpoint', `${url}/oauth2/introspect`],
    says: ['endpoint', 'resource_server', /Give the issuer in place of the endpoint/, 'RFC 7662 §2'],
  },
  'another path than the metadata name': {
    fault: 'no_endpoint_here',
    behaviour: {},
    args: (url) => ['--issuer', url, '--endpoint', `${url}/oauth2/introspect`],
    says: ['endpoint', 'resource_server', /Set endpoint to '[^']*\/introspect', or leave it out/, 'RFC 8414 §2'],
  },
  'a firewall that lets only browsers pass': {
    fault: 'firewall_wants_user_agent',
    behaviour: {
      instead: ({ method, headers }) =>
        method === 'POST' && !headers['user-agent']?.startsWith('Mozilla/') ? page(403) : undefined,
    },
    says: ['endpoint', 'connection', /transport\.headers/, 'RFC 9110 §10.1.5'],
  },
  'a rate limit': {
    fault: 'rate_limited',
    behaviour: atEndpoint({ status: 429, headers: { 'retry-after': '30' } }),
    says: ['endpoint', 'authorization_server', /cache\.maxAgeSeconds/, 'RFC 6585 §4'],
  },
  'a server that is out of order': {
    fault: 'server_error',
    behaviour: atEndpoint({ status: 503 }),
    says: ['endpoint', 'authorization_server', /See the log/, 'RFC 9110 §15.6'],
  },
  'a clock that is off': {
    fault: 'clock_off',
    behaviour: {},
    given: { now: () => Date.now() + 600_000 },
    says: ['answer', 'resource_server', /NTP/, 'RFC 9110 §6.6.1'],
  },
  'an answer in JSON where a signed one is required': {
    fault: 'signed_answer_downgraded',
    behaviour: {},
    args: (url) => ['--issuer', url, '--signed-answers'],
    says: ['answer', 'authorization_server', /introspection_signed_response_alg/, 'RFC 9701 §4'],
  },
  'keys that cannot be fetched': {
    fault: 'keys_missing',
    behaviour: {
      metadata: (url) => ({ jwks_uri: `${url}/jwks` }),
      instead: ({ method }) =>
        method === 'POST'
          ? {
              headers: { 'content-type': 'application/token-introspection+jwt' },
              body: unsignedJwt({}, { alg: 'RS256', kid: 'a', typ: 'token-introspection+jwt' }),
            }
          : undefined,
    },
    args: (url) => ['--issuer', url, '--signed-answers'],
    says: ['answer', 'authorization_server', /jwks_uri/, 'RFC 9701 §5'],
  },
  'a signed answer where JSON is asked for': {
    fault: 'signed_answer_unasked',
    behaviour: atEndpoint({ headers: { 'content-type': 'application/token-introspection+jwt' }, body: 'a.b.c' }),
    says: ['answer', 'resource_server', /Set response\.jwt/, 'RFC 9701 §4'],
  },
  'an endpoint that calls everything active': {
    fault: 'everything_active',
    behaviour: atEndpoint(json({ active: true })),
    says: ['answer', 'authorization_server', /lets everybody in/, 'RFC 7662 §4'],
  },
  'an answer without active': {
    fault: 'answer_malformed',
    behaviour: atEndpoint(json({ valid: true })),
    says: ['answer', 'authorization_server', /boolean active/, 'RFC 7662 §2.2'],
  },
  'a hint that the server refuses': {
    fault: 'hint_refused',
    behaviour: {
      instead: ({ body }) =>
        new URLSearchParams(body).has('token_type_hint') ? json({ error: 'invalid_request' }, 400) : undefined,
    },
    args: (url) => ['--issuer', url, '--hint', 'jwt'],
    says: ['answer', 'authorization_server', /Leave out token\.tokenTypeHint/, 'RFC 7662 §2.1'],
  },
  'a hint that hides the token': {
    fault: 'hint_hides_token',
    behaviour: {
      answerAbout: (token, form) => (token === TOKEN && !form.has('token_type_hint') ? active() : undefined),
    },
    args: (url) => ['--issuer', url, '--hint', 'refresh_token'],
    token: true,
    says: ['token', 'authorization_server', /Leave out token\.tokenTypeHint/, 'RFC 7662 §2.1'],
  },
  'a token that is found only by a hint': {
    fault: 'hint_needed',
    behaviour: {
      answerAbout: (token, form) =>
        token === TOKEN && form.get('token_type_hint') === 'access_token' ? active() : undefined,
    },
    token: true,
    says: ['token', 'authorization_server', /Set token\.tokenTypeHint to 'access_token'/, 'RFC 7662 §2.1'],
  },
  'a refresh token that the server calls active': {
    fault: 'refresh_token_given',
    behaviour: good({ token_use: 'refresh_token' }),
    token: true,
    says: ['token', 'client', /Send the access_token/, 'RFC 6749 §1.5'],
  },
  'a refresh token that is found only by its hint': {
    fault: 'refresh_token_given',
    behaviour: {
      answerAbout: (token, form) =>
        token === TOKEN && form.get('token_type_hint') === 'refresh_token' ? active() : undefined,
    },
    token: true,
    says: ['token', 'client', /Send the access_token/, 'RFC 6749 §1.5'],
  },
  'an ID token': {
    fault: 'other_token_kind',
    behaviour: {},
    token: (url) => unsignedJwt({ iss: url, aud: 'web', exp: nowSeconds() + 60, typ: 'ID' }),
    says: ['token', 'client', /id_token is for the client alone/, 'RFC 7662 §4'],
  },
  'an expired JWT': {
    fault: 'expired_token',
    behaviour: {},
    token: (url) => unsignedJwt({ iss: url, aud: CALLER.id, exp: nowSeconds() - 60 }),
    says: ['token', 'client', /Get a new token/, 'RFC 7662 §4'],
  },
  'an expired token that the server still calls active': {
    fault: 'expired_token',
    behaviour: good({ exp: nowSeconds() - 3600 }),
    token: true,
    says: ['token', 'client', /Get a new token/, 'RFC 7662 §4'],
  },
  'a token of another realm': {
    fault: 'wrong_realm',
    behaviour: { metadata: (url) => ({ issuer: `${url}/realms/acme` }) },
    args: (url) => ['--issuer', `${url}/realms/acme`],
    token: (url) => unsignedJwt({ iss: `${url}/realms/other`, aud: CALLER.id, exp: nowSeconds() + 60 }),
    says: ['token', 'client', /combineIssuers/, 'RFC 7662 §2.2'],
  },
  'a token from the same server under another name': {
    fault: 'issuer_split',
    behaviour: {},
    token: (url) => unsignedJwt({ iss: url.replace('127.0.0.1', 'localhost'), aud: CALLER.id, exp: nowSeconds() + 60 }),
    says: ['token', 'authorization_server', /one fixed public name/, 'RFC 8414 §3.3'],
  },
  'an answer from the same server under another name': {
    fault: 'issuer_split',
    behaviour: {
      answerAbout: (token, _, url) =>
        token === TOKEN ? active({ iss: url.replace('127.0.0.1', 'localhost') }) : undefined,
    },
    token: true,
    says: ['token', 'authorization_server', /one fixed public name/, 'RFC 8414 §3.3'],
  },
  'a caller that is not in the audience of Keycloak': {
    fault: 'caller_not_in_aud',
    behaviour: { metadata: (url) => ({ issuer: `${url}/realms/acme` }) },
    args: (url) => ['--issuer', `${url}/realms/acme`],
    token: (url) => unsignedJwt({ iss: `${url}/realms/acme`, aud: 'account', exp: nowSeconds() + 60, typ: 'Bearer' }),
    says: ['token', 'authorization_server', /Add mapper, Audience.*26\.6\.2/, 'RFC 7662 §2.2'],
  },
  'a token without an audience at Keycloak': {
    fault: 'missing_audience_mapper',
    behaviour: { metadata: (url) => ({ issuer: `${url}/realms/acme` }) },
    args: (url) => ['--issuer', `${url}/realms/acme`],
    token: (url) => unsignedJwt({ iss: `${url}/realms/acme`, exp: nowSeconds() + 60, typ: 'Bearer' }),
    says: ['token', 'authorization_server', /Add mapper, Audience.*26\.6\.2/, 'RFC 7662 §2.2'],
  },
  'a caller that is not in the audience': {
    fault: 'caller_not_in_aud',
    behaviour: {},
    token: (url) => unsignedJwt({ iss: url, aud: 'https://billing.example.com', exp: nowSeconds() + 60 }),
    says: ['token', 'authorization_server', /parameter resource or audience/, 'RFC 7662 §2.2'],
  },
  'an answer without an audience': {
    fault: 'missing_audience_mapper',
    behaviour: good({ aud: undefined }),
    args: (url) => ['--issuer', url, '--audience', AUDIENCE],
    token: true,
    says: [
      'policy',
      'authorization_server',
      /Have the server put 'https:\/\/orders\.example\.com' into aud/,
      'RFC 9700 §2.3',
    ],
  },
  'a token for another audience': {
    fault: 'token_for_another_audience',
    behaviour: good({ aud: 'https://billing.example.com' }),
    args: (url) => ['--issuer', url, '--audience', AUDIENCE],
    token: true,
    says: ['policy', 'client', /Have the client ask/, 'RFC 9700 §2.3'],
  },
  'too little scope': {
    fault: 'scope_refused',
    behaviour: good({ scope: 'orders:read' }),
    args: (url) => ['--issuer', url, '--scope', 'orders:write'],
    token: true,
    says: ['policy', 'client', /scope/, 'RFC 6750 §3.1'],
  },
  'scope as an array': {
    fault: 'scope_array',
    behaviour: good({ scope: ['orders:read'] }),
    token: true,
    says: ['answer', 'authorization_server', /response\.tolerate\.scopeAsArray/, 'RFC 7662 §2.2'],
  },
  'an expiry as text': {
    fault: 'answer_unusable',
    behaviour: good({ exp: 'tomorrow' }),
    token: true,
    says: ['answer', 'authorization_server', /./, 'RFC 7662 §2.2'],
  },
  'a server that does not introspect JWTs': {
    fault: 'token_type_unsupported',
    behaviour: {
      instead: ({ body }) => (body.includes(TOKEN) ? json({ error: 'unsupported_token_type' }, 400) : undefined),
    },
    token: true,
    says: ['token', 'authorization_server', /option group jwt/, 'RFC 7009 §2.2.1'],
  },
  'a server that does not check credentials': {
    fault: 'credentials_not_checked',
    behaviour: { accepts: () => true },
    token: true,
    says: ['token', 'authorization_server', /Compare the identifier/, 'RFC 7662 §2.1'],
  },
  'a token that the server does not know': {
    fault: 'token_not_known',
    behaviour: {},
    token: true,
    says: ['token', 'authorization_server', /examine it at once/, 'RFC 7662 §2.2'],
  },
}

async function examine({ behaviour, args, given, token }: Row): Promise<Ran> {
  server = await startModelServer(behaviour)
  const file = typeof token === 'function' ? token(server.url) : TOKEN
  const tokenArgs = token === undefined ? [] : ['--token-file', 'token']
  return await doctor([...(args?.(server.url) ?? ['--issuer', server.url]), ...tokenArgs], {
    ...given,
    files: { token: file },
  })
}

describe('doctor names', () => {
  test.each(Object.entries(rows))('%s', async (_, row) => {
    const { code, printed } = await examine(row)
    const [step, side, fix, clause] = row.says
    expect(printed.fault).toMatchObject({ name: row.fault, step, side })
    expect(printed.fault?.fix).toMatch(fix)
    expect(printed.fault?.clause).toBe(clause)
    expect(code).toBe(1)
    expect(printed.requests).toBeLessThanOrEqual(20)
    expect(server.requests.length).toBeLessThanOrEqual(20)
  })
})
