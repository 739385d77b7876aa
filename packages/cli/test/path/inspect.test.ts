/** The command `inspect` against servers on loopback. */
import { afterEach, describe, expect, test } from 'vitest'
import { run } from '../../src/run.ts'
import { type Given, memorySurroundings } from '../memory-surroundings.ts'
import { type CannedAnswer, type CannedServer, startCannedServer } from '../servers/canned-server.ts'

const TOKEN = '2YotnFZFEjr1zCsicMWpAA'
const SECRET = 'a secret: 100%é'
const NOW = 1_764_000_000
const active = {
  active: true,
  iss: 'https://as.example.com',
  sub: 'alice',
  aud: 'https://orders.example.com',
  scope: 'orders:read',
  exp: NOW + 60,
  iat: NOW - 60,
}

let server: CannedServer
afterEach(() => server.close())

async function inspect(answer: CannedAnswer | object, args: readonly string[] = [], given: Given = {}) {
  const canned = 'active' in answer ? { body: JSON.stringify(answer) } : (answer as CannedAnswer)
  server = await startCannedServer(canned)
  const surroundings = memorySurroundings({
    stdin: `${TOKEN}\n`,
    environment: { TOKEN_INTROSPECTION_CLIENT_ID: 'orders-api', TOKEN_INTROSPECTION_CLIENT_SECRET: SECRET },
    ...given,
  })
  const code = await run(['inspect', '--endpoint', `${server.url}/introspect`, ...args], surroundings)
  const [out, err] = [surroundings.out(), surroundings.err()]
  for (const text of [out, err]) {
    expect(text).not.toContain(TOKEN)
    expect(text).not.toContain(SECRET)
    expect(text).not.toMatch(/Basic [A-Za-z0-9+/=]{8}/)
  }
  return { code, out, err, words: out.replaceAll(/\s+/g, ' ') }
}

describe('inspect', () => {
  test('explains an active token, and ends with 0 when the guard lets it pass', async () => {
    const { code, words } = await inspect(active, [
      '--audience',
      'https://orders.example.com',
      '--scope',
      'orders:read',
    ])
    expect(code).toBe(0)
    expect(words).toContain('authorization Basic (credentials)')
    expect(words).toContain('200, active')
    expect(words).toContain('in 1 minute (2025-11-24 16:01:00 UTC) when it expires, RFC 7662 §2.2')
    expect(words).not.toContain('Unusual')
    expect(words).toContain(
      'A guard for audience https://orders.example.com, scope orders:read would let the request pass.',
    )
    expect(server.requests).toHaveLength(1)
  })

  test.each([
    [
      'another audience',
      ['--audience', 'https://a'],
      /would answer 401: it is for another audience\. .*✗ audience unexpected aud .*→/,
    ],
    [
      'too little scope',
      ['--scope', 'admin'],
      /would answer 403: its scope is not enough\. .*✗ scope unexpected scope .*→/,
    ],
    ['another issuer', ['--token-issuer', 'https://other.example.com'], /would answer 401: it is from another issuer/],
    ['an old login', ['--max-age', '60'], /would answer 401: the login of the user is too weak or too old/],
  ])('ends with 1 for %s', async (_, args, message) => {
    const { code, words } = await inspect(active, args)
    expect(code).toBe(1)
    expect(words).toMatch(message)
  })

  test('ends with 1 for an inactive token', async () => {
    const { code, words } = await inspect({ active: false })
    expect(code).toBe(1)
    expect(words).toContain('200, not active')
    expect(words).toContain('would answer 401: the token is not active')
  })

  test('names what is unusual', async () => {
    const { words } = await inspect({ ...active, scope: ['orders:read'], exp: String(NOW) })
    expect(words).toMatch(/Unusual exp is a string.* scope is an array/)
  })

  test.each([
    [
      'refused credentials',
      { status: 401, body: '{"error":"invalid_client"}' },
      /401, not an introspection response.*check the client identifier/,
    ],
    ['a page', { body: '<h1>Login</h1>', headers: { 'content-type': 'text/html' } }, /<h1>Login<\/h1>/],
    ['no JSON', { body: '{' }, /would answer 502/],
  ])('ends with 3 for %s, and shows what came', async (_, answer, message) => {
    const { code, words } = await inspect(answer)
    expect(code).toBe(3)
    expect(words).toMatch(message)
  })

  test('ends with 3 when nobody listens', async () => {
    const { code, words } = await inspect(active, ['--endpoint', 'http://127.0.0.1:1/introspect'])
    expect(code).toBe(3)
    expect(words).toContain('Answer None came.')
    expect(words).toContain('nothing listens there')
  })

  test.each([[[]], [['--json']]])('shows no part of a token or secret that a server repeats, with %j', async (args) => {
    const token = 'abcdefghijklmnopqrstuvwxyz0123456789'.repeat(20)
    const environment = {
      TOKEN_INTROSPECTION_CLIENT_ID: 'orders-api',
      TOKEN_INTROSPECTION_CLIENT_SECRET: 'pa"ss\\word'.repeat(4),
    }
    let assertion = ''
    server = await startCannedServer((request) => {
      assertion = new URLSearchParams(request.body).get('client_assertion') ?? ''
      return {
        status: 500,
        body: JSON.stringify({ assertion, secret: environment.TOKEN_INTROSPECTION_CLIENT_SECRET, token }),
      }
    })
    const surroundings = memorySurroundings({ stdin: token, environment })
    const url = ['--issuer', server.url, '--endpoint', `${server.url}/introspect`]
    expect(await run(['inspect', ...url, '--auth', 'client_secret_jwt', ...args], surroundings)).toBe(3)
    const shown = surroundings.out() + surroundings.err()
    expect(assertion).toMatch(/^eyJ/)
    expect(shown).toContain('the token, 720 characters')
    for (const secret of [assertion.slice(0, 20), token.slice(0, 20), 'word']) expect(shown).not.toContain(secret)
  })

  test('sends no control character of an answer to the terminal, also with --json', async () => {
    const sub = '\u009b2J\u202egpj\u{e0041}'
    const { out } = await inspect({ ...active, sub }, ['--json'])
    expect(out).toMatch(/^[\n\u0020-\u007e§]*$/)
    const { members } = JSON.parse(out) as { members: { name: string; value: unknown }[] }
    expect(members).toContainEqual(expect.objectContaining({ name: 'sub', value: sub }))
  })

  test('shows where it looked for metadata', async () => {
    server = await startCannedServer({ status: 404 })
    const surroundings = memorySurroundings({
      stdin: TOKEN,
      environment: { TOKEN_INTROSPECTION_CLIENT_SECRET: SECRET, TOKEN_INTROSPECTION_ISSUER: server.url },
    })
    expect(await run(['inspect', '--client-id', 'orders-api'], surroundings)).toBe(3)
    expect(surroundings.out()).toContain(`404  ${server.url}/.well-known/oauth-authorization-server`)
    expect(surroundings.out()).toContain('Nothing was asked about the token.')
  })

  test('hides a token and a secret that the server repeats, and control characters', async () => {
    const { words } = await inspect({ ...active, jti: TOKEN, note: `${SECRET}\u001b[2J`, [TOKEN]: 1 })
    expect(words).toContain('jti (the token, 22 characters)')
    expect(words).toContain('(secret of orders-api)\\u001b[2J')
  })

  test('prints one JSON document with --json, also without a secret in it', async () => {
    const { out, code } = await inspect({ ...active, jti: TOKEN }, ['--json', '--audience', 'https://a'])
    expect(code).toBe(1)
    expect(JSON.parse(out)).toMatchObject({
      request: {
        method: 'POST',
        headers: { authorization: 'Basic (credentials)' },
        parameters: { token: '(the token)' },
      },
      answer: { status: 200 },
      active: true,
      decision: {
        allowed: false,
        status: 401,
        reason: 'audience',
        steps: expect.arrayContaining([
          expect.objectContaining({
            step: 'policy',
            requirements: expect.arrayContaining([
              expect.objectContaining({
                requirement: 'audience',
                outcome: 'refused',
                found: ['https://orders.example.com'],
              }),
            ]) as unknown,
          }),
        ]) as unknown,
      },
    })
  })

  test('aligns values below long names, and wraps lists, in a narrow terminal', async () => {
    const aud = ['https://orders.example.com', 'https://billing.example.com', 'https://invoices.example.com']
    const { out } = await inspect({ ...active, aud, a_very_long_name_of_a_member_of_this_server: 'its value' }, [], {
      columns: 60,
      stdin: TOKEN,
      environment: {
        NO_COLOR: '1',
        TOKEN_INTROSPECTION_CLIENT_ID: 'a',
        TOKEN_INTROSPECTION_CLIENT_SECRET: SECRET,
      },
    })
    const start = ' '.repeat(28)
    expect(out).toContain(
      `  a_very_long_name_of_a_member_of_this_server\n${start}its value\n${start}a member of this server;`,
    )
    expect(out).toContain(`["https://orders.example.com",\n${start}"https://billing.example.com",\n`)
    expect(out).not.toMatch(/RFC\n|\n +§/)
  })

  test('shows its signs in ASCII where the terminal shows nothing else', async () => {
    const environment = {
      LC_ALL: 'C',
      TOKEN_INTROSPECTION_CLIENT_ID: 'a',
      TOKEN_INTROSPECTION_CLIENT_SECRET: SECRET,
    }
    const { out } = await inspect(active, ['--audience', 'https://a'], { stdin: TOKEN, environment })
    expect(out).toMatch(/^[\n\u0020-\u007e]*$/)
    expect(out).toContain('x  audience')
    expect(out).toContain('RFC 7662 s2.2')
  })

  test.each([80, 120])('keeps its lines within %d columns', async (columns) => {
    const { out } = await inspect({ ...active, note: 'word '.repeat(50) }, [], {
      columns,
      environment: {
        NO_COLOR: '1',
        TOKEN_INTROSPECTION_CLIENT_ID: 'a',
        TOKEN_INTROSPECTION_CLIENT_SECRET: SECRET,
        TOKEN_INTROSPECTION_TOKEN: TOKEN,
      },
    })
    expect(out.split('\n').filter((line) => line.length > columns)).toEqual([])
  })
})

describe('the token', () => {
  test('in the command line is taken, with one note on standard error', async () => {
    const { code, err } = await inspect(active, [TOKEN])
    expect(code).toBe(0)
    expect(err).toMatch(/^note: other users of this machine can see a token in the command line.*\n$/)
  })

  test.each([
    ['standard input', [], {}],
    ['standard input as -', ['-'], {}],
    ['a file', ['--token-file', 'token'], { files: { token: `${TOKEN}\n` } }],
  ])('comes from %s without a note', async (_, args, given) => {
    const { code, err } = await inspect(active, args, given)
    expect([code, err]).toEqual([0, ''])
    expect(new URLSearchParams(server.requests[0]?.body).get('token')).toBe(TOKEN)
  })

  test('is refused when standard input would be read twice', async () => {
    const { code, err } = await inspect(active, ['--client-secret-file', '-'])
    expect(code).toBe(2)
    expect(err).toContain('standard input can be read once')
  })
})

describe('client authentication', () => {
  test('by client_secret_post sends the secret in the form', async () => {
    await inspect(active, ['--auth', 'client_secret_post'])
    expect(new URLSearchParams(server.requests[0]?.body).get('client_secret')).toBe(SECRET)
  })

  test('by Bearer sends the token of the caller', async () => {
    const { words } = await inspect(active, ['--auth', 'Bearer', '--caller-token-file', 'caller'], {
      files: { caller: 'token-of-caller\n' },
    })
    expect(server.requests[0]?.headers.authorization).toBe('Bearer token-of-caller')
    expect(words).toContain('Bearer (credentials)')
  })

  test('by private_key_jwt signs with a JWK', async () => {
    const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify'])
    const jwk = JSON.stringify(await crypto.subtle.exportKey('jwk', pair.privateKey))
    const { code } = await inspect(
      active,
      [
        '--auth',
        'private_key_jwt',
        '--key-algorithm',
        'ES256',
        '--issuer',
        'https://as.example.com',
        '--private-key-file',
        'key',
      ],
      {
        files: { key: jwk },
      },
    )
    expect(code).toBe(0)
    expect(new URLSearchParams(server.requests[0]?.body).get('client_assertion')).toMatch(/^ey/)
  })

  test.each([
    ['no identifier', [], { environment: {} }, /--client-id: is required with --auth client_secret_basic/],
    ['no key', ['--auth', 'private_key_jwt'], {}, /--private-key-file: is required/],
    [
      'a key that is none',
      ['--auth', 'private_key_jwt', '--private-key-file', 'k'],
      { files: { k: '{secret' } },
      /is neither PEM nor a JWK/,
    ],
    ['half a certificate', ['--certificate-file', 'c'], { files: { c: '' } }, /give it with --certificate-key-file/],
    ['http to another machine', ['--endpoint', 'http://as.example.com/introspect'], {}, /--dangerously-allow-http/],
    ['a scope that is none', ['--scope', 'a"b'], {}, /scope/],
  ])('is misuse with %s', async (_, args, given, message) => {
    const { code, err } = await inspect(active, args, given)
    expect(code).toBe(2)
    expect(err.replaceAll(/\s+/g, ' ')).toMatch(message)
  })
})
