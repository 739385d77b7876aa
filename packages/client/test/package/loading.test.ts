import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'

const run = promisify(execFile)
const cwd = fileURLToPath(new URL('../..', import.meta.url))

const script = (options: string) => `
  import { registerHooks } from 'node:module'
  const packages = new Set()
  registerHooks({
    load(url, context, next) {
      const name = /node_modules\\/((?:@[^/]+\\/)?[^/]+)\\/(?!.*node_modules)/.exec(url)?.[1]
      if (name !== undefined) packages.add(name)
      return next(url, context)
    },
  })
  const { clientSecretBasic, IntrospectionClient } = await import('@token-introspection/client')
  const client = new IntrospectionClient({
    endpoint: 'http://127.0.0.1:1/introspect',
    clientAuthentication: clientSecretBasic('api', 'secret'),
    transport: { allowHttpOnLoopback: true, deadlineMs: 30_000, ${options} },
  })
  client.guard({ audience: 'x' })
  await client.introspect('a token nobody could have issued \\n')
  const before = [...packages]
  const code = await client.introspect('abc').catch((error) => error.code)
  await client.close()
  console.log(JSON.stringify({ before, code, after: [...packages] }))
`

interface Loaded {
  readonly before: string[]
  readonly code: string
  readonly after: string[]
}

async function load({ options = '', conditions = [] as string[] } = {}): Promise<Loaded> {
  const flags = conditions.map((condition) => `--conditions=${condition}`)
  const input = ['--input-type=module', '--eval', script(options)]
  const { stdout } = await run(process.execPath, [...flags, ...input], { cwd })
  return JSON.parse(stdout) as Loaded
}

describe.concurrent('undici', () => {
  test('is loaded with the first request, not earlier', async () => {
    const { before, code, after } = await load()
    expect(before).not.toContain('undici')
    expect(code).toBe('ERR_TRANSPORT_UNREACHABLE')
    expect(after).toContain('undici')
  })

  test('is never loaded with a custom fetch', async () => {
    const { code, after } = await load({ options: 'fetch: (url, init) => fetch(url, init)' })
    expect(code).toBe('ERR_TRANSPORT_UNREACHABLE')
    expect(after).not.toContain('undici')
  })

  test.each(['workerd', 'edge-light', 'browser', 'bun', 'deno'])(
    'is never loaded under the condition %s',
    async (name) => {
      const { code, after } = await load({ conditions: [name] })
      expect(code).toBe('ERR_TRANSPORT_UNREACHABLE')
      expect(after).not.toContain('undici')
    },
  )
})

test('only the schema library is loaded with the package', async () => {
  const { before } = await load()
  expect(before).toEqual(['zod'])
})

/** A token that looks like a JWT of the issuer. */
const JWT = [
  { alg: 'ES256', typ: 'at+jwt', kid: 'x' },
  { iss: 'https://as.example.com', exp: 9_999_999_999 },
]
  .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
  .concat('AAAA')
  .join('.')

const joseScript = (options: string) => `
  import { registerHooks } from 'node:module'
  let loaded = false
  registerHooks({
    load(url, context, next) {
      if (url.includes('/node_modules/jose/')) loaded = true
      return next(url, context)
    },
  })
  const { clientSecretBasic, IntrospectionClient } = await import('@token-introspection/client')
  const fetch = async (url) => url.endsWith('/jwks')
    ? Response.json({ keys: [] })
    : Response.json({
        active: true,
        aud: 'x',
        issuer: 'https://as.example.com',
        introspection_endpoint: 'https://as.example.com/introspect',
        jwks_uri: 'https://as.example.com/jwks',
      })
  const client = new IntrospectionClient({
    issuer: 'https://as.example.com',
    clientAuthentication: clientSecretBasic('api', 'secret'),
    transport: { fetch },
    ${options}
  })
  const guard = client.guard({ audience: 'x' })
  const ask = async (token) => {
    const headers = { authorization: 'Bearer ' + token }
    const { allowed } = await guard(new Request('https://orders.example.com', { headers }))
    return { allowed, loaded }
  }
  console.log(JSON.stringify([await ask('opaque'), await ask('${JWT}')]))
`

interface Asked {
  readonly allowed: boolean
  readonly loaded: boolean
}

async function askWith(options: string): Promise<Asked[]> {
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', joseScript(options)], { cwd })
  return JSON.parse(stdout) as Asked[]
}

describe.concurrent('jose', () => {
  test('is never loaded without jwt, response.jwt and an authentication key, even for JWTs', async () => {
    expect(await askWith('cache: {}, ')).toEqual([
      { allowed: true, loaded: false },
      { allowed: true, loaded: false },
    ])
  })

  test('is loaded with the first JWT to verify, not for opaque tokens', async () => {
    const jwt = "jwt: { mode: 'local-or-introspect', requiredClaims: [] }"
    expect(await askWith(jwt)).toEqual([
      { allowed: true, loaded: false },
      { allowed: false, loaded: true },
    ])
  })

  test('is not loaded for a JWT that the client can refuse without a key', async () => {
    // The JWT lacks sub and other required claims.
    expect((await askWith("jwt: { mode: 'local-or-introspect' }"))[1]).toEqual({ allowed: false, loaded: false })
  })
})
