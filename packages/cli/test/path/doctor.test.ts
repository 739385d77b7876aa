/** The command `doctor`: what it prints, what it sends, and what it takes from a module. */
import { clientSecretBasic, IntrospectionClient, privateKeyJwt } from '@token-introspection/client'
import { keycloak } from '@token-introspection/client/providers'
import { parseJwtPart } from '@token-introspection/core'
import { startHostileAuthorizationServer } from '@token-introspection/testing/hostile'
import { afterEach, describe, expect, test } from 'vitest'
import { doctor, doctorForPeople, TOKEN } from '../doctor/run-command.ts'
import { unsignedJwt } from '../doctor/unsigned-jwt.ts'
import type { CannedServer } from '../servers/canned-server.ts'
import { type Behaviour, CALLER, isCaller, json, startModelServer } from '../servers/model-server.ts'

const AUDIENCE = 'https://orders.example.com'

let server: CannedServer | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})

async function start(behaviour: Behaviour = {}): Promise<string> {
  server = await startModelServer(behaviour)
  return server.url
}

const knowsToken: Behaviour = {
  answerAbout: (token) =>
    token === TOKEN ? { active: true, aud: AUDIENCE, scope: 'orders:read', token_type: 'Bearer' } : undefined,
}

/** The audience of the assertion in a form. */
function audienceOf(body: string): unknown {
  return parseJwtPart(new URLSearchParams(body).get('client_assertion')?.split('.')[1] ?? '')['aud']
}

/** What a module exports. */
function optionsFor(url: string) {
  return {
    issuer: url,
    clientAuthentication: clientSecretBasic(CALLER.id, CALLER.secret),
    audience: AUDIENCE,
    transport: { allowHttpOnLoopback: true },
  }
}

describe('a healthy server', () => {
  test('is healthy without a token, as far as can be seen', async () => {
    const { code, printed } = await doctor(['--issuer', await start()])
    expect(code).toBe(0)
    expect(printed).toMatchObject({
      verdict: 'healthy',
      working: ['connection', 'metadata', 'endpoint', 'credentials', 'answer'],
      requests: 2,
    })
    expect(printed.notes.join()).toContain('No token was examined')
  })

  test('is healthy with a good token, and the guard lets it pass', async () => {
    const url = await start(knowsToken)
    const args = ['--issuer', url, '--token-file', 'token', '--audience', AUDIENCE, '--scope', 'orders:read']
    const { code, printed } = await doctor(args)
    expect(code).toBe(0)
    expect(printed).toMatchObject({ verdict: 'healthy', notes: [] })
    expect(printed.working.at(-1)).toBe('policy')
  })

  test('is healthy when it calls a revoked token inactive at once', async () => {
    const { code, printed } = await doctor(['--issuer', await start(), '--token-file', 'token', '--revoked'])
    expect([code, printed.verdict, printed.notes]).toEqual([0, 'healthy', []])
  })

  test('is healthy with an answer that a cache has kept, whatever its date', async () => {
    const headers = { 'content-type': 'application/json', date: 'Mon, 30 Nov 2020 12:00:00 GMT', age: '60' }
    const instead: Behaviour['instead'] = ({ method }) =>
      method === 'POST' ? { headers, body: '{"active":false}' } : undefined
    expect((await doctor(['--issuer', await start({ instead })])).printed.fault).toBeUndefined()
  })

  test('is healthy with every unusual answer that is good', async () => {
    await using as = await startHostileAuthorizationServer({ audience: AUDIENCE })
    const healthy = as.scenarios.filter(({ asks, expected }) => asks === 'json' && expected === 'accept')
    expect(healthy.length).toBeGreaterThan(5)
    for (const scenario of healthy) {
      const args = ['--issuer', as.issuer, '--endpoint', as.endpoint, '--audience', AUDIENCE, '--token-file', 'hostile']
      const { printed } = await doctor(args, { files: { hostile: scenario.token } })
      expect([scenario.name, printed.fault]).toEqual([scenario.name, undefined])
    }
  })
})

describe('replicas', () => {
  test('that lag are seen by answers that differ', async () => {
    let count = 0
    const url = await start({
      answerAbout: (token) => (token === TOKEN && (count += 1) % 2 === 1 ? { active: true } : undefined),
    })
    const { printed } = await doctor(['--issuer', url, '--token-file', 'token'])
    expect(printed.fault).toMatchObject({
      name: 'replica_lag',
      step: 'token',
      side: 'authorization_server',
      clause: 'RFC 7009 §2.1',
    })
  })

  test('that hear of a revocation late are seen by the time', async () => {
    let count = 0
    const url = await start({
      answerAbout: (token) => (token === TOKEN && (count += 1) <= 3 ? { active: true } : undefined),
    })
    const { printed } = await doctor(['--issuer', url, '--token-file', 'token', '--revoked'])
    expect(printed.fault).toMatchObject({ name: 'replica_lag' })
    expect(printed.fault?.found).toMatch(/active for another \d+ ms \(3 answers\)/)
  })

  test('that never hear of it are told apart', async () => {
    const { printed } = await doctor(['--issuer', await start(knowsToken), '--token-file', 'token', '--revoked'])
    expect(printed.fault).toMatchObject({ name: 'revocation_unseen', isSure: false })
    expect(printed.requests).toBeLessThanOrEqual(20)
  })
})

describe('assertions', () => {
  const pair = crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify'])
  const keyFile = async () => JSON.stringify(await crypto.subtle.exportKey('jwk', (await pair).privateKey))

  async function examine(behaviour: Behaviour) {
    const url = await start(behaviour)
    return await doctor(
      ['--issuer', url, '--auth', 'private_key_jwt', '--key-algorithm', 'ES256', '--private-key-file', 'key'],
      {
        files: { key: await keyFile() },
      },
    )
  }

  test.each([
    ['the endpoint', '/introspect'],
    ['the token endpoint', '/token'],
  ])('with the wrong audience, where the server wants %s', async (_, path) => {
    const { printed } = await examine({ accepts: ({ body }, url) => audienceOf(body) === url + path })
    expect(printed.fault).toMatchObject({
      name: 'assertion_audience',
      step: 'credentials',
      side: 'resource_server',
      clause: 'RFC 7523 §3',
    })
    expect(printed.fault?.fix).toMatch(new RegExp(`audience of privateKeyJwt to '.*${path}'`))
  })

  test('without client_id beside them', async () => {
    const { printed } = await examine({
      accepts: ({ body }) => new URLSearchParams(body).get('client_id') === CALLER.id,
    })
    expect(printed.fault).toMatchObject({ name: 'assertion_form', clause: 'RFC 7521 §4.2' })
  })

  test('that a server refuses for another reason', async () => {
    const { printed } = await examine({ accepts: () => false })
    expect(printed.fault).toMatchObject({ name: 'credentials_refused', isSure: false })
  })

  test('are not blamed when the clock is off', async () => {
    const url = await start({ accepts: () => false })
    const { printed } = await doctor(
      ['--issuer', url, '--auth', 'private_key_jwt', '--key-algorithm', 'ES256', '--private-key-file', 'key'],
      { files: { key: await keyFile() }, now: () => Date.now() - 610_000 },
    )
    expect(printed.fault).toMatchObject({ name: 'clock_off' })
    expect(printed.fault?.found).toContain('10 minutes behind')
  })

  test('that cannot be made are the fault of the options', async () => {
    const options = {
      issuer: await start(),
      clientAuthentication: privateKeyJwt(CALLER.id, (await pair).privateKey, { algorithm: 'RS256' }),
      transport: { allowHttpOnLoopback: true },
    }
    const { printed } = await doctor(['--config', 'c'], { modules: { c: { default: options } } })
    expect(printed.fault).toMatchObject({ name: 'credentials_not_made', step: 'credentials', side: 'resource_server' })
    expect(printed.fault?.found).toContain('key: is not a private key for RS256')
    expect(printed.fault?.found).not.toMatch(/function|vault/)
  })

  test('of a module keep their key out of the output', async () => {
    const url = await start({ accepts: ({ body }) => audienceOf(body) === 'https://elsewhere.example.com' })
    const { privateKey } = await pair
    const options = {
      issuer: url,
      clientAuthentication: privateKeyJwt(CALLER.id, privateKey, {
        algorithm: 'ES256',
        audience: 'https://elsewhere.example.com',
      }),
      transport: { allowHttpOnLoopback: true },
    }
    expect((await doctor(['--config', 'c'], { modules: { c: { default: options } } })).printed).toMatchObject({
      verdict: 'healthy',
    })
  })
})

describe('--config', () => {
  test('takes options, with their audience', async () => {
    const options = optionsFor(
      await start({ answerAbout: (token) => (token === TOKEN ? { active: true } : undefined) }),
    )
    const { printed } = await doctor(['--config', 'c', '--token-file', 'token'], {
      modules: { c: { default: options } },
    })
    expect(printed.fault).toMatchObject({ name: 'missing_audience_mapper', step: 'policy' })
    expect(printed.fault?.fix).toContain(AUDIENCE)
  })

  test('takes the issuer of a preset', async () => {
    const url = await start()
    const { issuer: _, ...options } = { ...optionsFor(url), provider: keycloak({ url, realm: 'acme' }) }
    const endpoint = `${url}/introspect`
    const token = unsignedJwt({ iss: `${url}/realms/other`, exp: Math.floor(Date.now() / 1000) + 60 })
    const { printed } = await doctor(['--config', 'c', '--token-file', 'token'], {
      files: { token },
      modules: { c: { default: { ...options, endpoint } } },
    })
    expect(printed.fault).toMatchObject({ name: 'wrong_realm', step: 'token' })
  })

  test('probes with the credentials of the options', async () => {
    const options = optionsFor(await start({ accepts: (request) => isCaller(request, '', 'raw') }))
    const { printed } = await doctor(['--config', 'c'], { modules: { c: { default: options } } })
    expect(printed.fault).toMatchObject({ name: 'basic_encoding' })
  })

  test('names two methods at once', async () => {
    const url = await start({
      accepts: (request) => isCaller(request) && !request.body.includes('client_secret='),
    })
    const { customClientAuthentication } = await import('@token-introspection/client')
    const basic = clientSecretBasic(CALLER.id, CALLER.secret)
    const both = customClientAuthentication({
      method: 'both',
      clientId: CALLER.id,
      authenticate(draft) {
        void basic.authenticate(draft)
        draft.parameters['client_secret'] = CALLER.secret
      },
    })
    const options = { ...optionsFor(url), clientAuthentication: both }
    const { printed } = await doctor(['--config', 'c'], { modules: { c: { default: options } } })
    expect(printed.fault).toMatchObject({
      name: 'two_methods',
      step: 'credentials',
      side: 'resource_server',
      clause: 'RFC 6749 §2.3',
    })
  })

  test('takes a client, and sees that its circuit is open', async () => {
    let isDown = false
    const url = await start({
      instead: ({ method }) => (isDown && method === 'POST' ? { status: 503 } : undefined),
      answerAbout: (token) => (token.startsWith('token-') ? { active: true } : undefined),
    })
    const options = { ...optionsFor(url), onWarning: false as const }
    const client = new IntrospectionClient({
      ...options,
      transport: { ...options.transport, circuitBreaker: { windowMs: 0, openMs: 60_000 } },
    })
    const ask = async (token: string) => await client.introspect(token).catch(() => undefined)
    const tokens = Array.from({ length: 10 }, (_, index) => `token-${index}`)
    for (const token of tokens) await ask(token)
    isDown = true
    for (const token of tokens) await ask(token)
    expect(client.statistics().circuits).toContainEqual({ endpoint: `${url}/introspect`, state: 'open' })
    isDown = false
    const { printed } = await doctor(['--config', 'c'], { modules: { c: { introspection: client } } })
    expect(printed.fault).toMatchObject({ name: 'circuit_open', step: 'endpoint', side: 'authorization_server' })
  })

  test('takes a client that does not work, in its own words', async () => {
    const client = new IntrospectionClient({ ...optionsFor(await start({ accepts: () => false })), onWarning: false })
    const { code, printed } = await doctor(['--config', 'c'], { modules: { c: { default: client } } })
    expect(code).toBe(1)
    expect(printed.fault).toMatchObject({
      name: 'err_transport_unauthorized',
      step: 'credentials',
      side: 'resource_server',
    })
  })

  test.each([
    ['a module that cannot be loaded', ['--config', 'gone'], /cannot be loaded/],
    ['a module without a client', ['--config', 'empty'], /must export an IntrospectionClient/],
    ['a module and an issuer', ['--config', 'empty', '--issuer', 'https://as.example.com'], /give neither --issuer/],
    ['neither', [], /--issuer: is required/],
    ['--revoked without a token', ['--issuer', 'https://as.example.com', '--revoked'], /--revoked: needs --token-file/],
  ])('is misuse with %s', async (_, args, message) => {
    const { code, err } = await doctorForPeople(args, { modules: { empty: {} }, files: {} })
    expect(code).toBe(2)
    expect(err.replaceAll(/\s+/g, ' ')).toMatch(message)
  })
})

describe('the output', () => {
  test.each([80, 120])('for people fits into %d columns, except for the command', async (columns) => {
    const url = await start({ accepts: (request) => isCaller(request, '', 'raw') })
    const { out } = await doctorForPeople(['--issuer', url], { columns, environment: { NO_COLOR: '1' } })
    expect(out).toContain('  broken  credentials\n')
    expect(out).toContain(`  Check   curl -sS -u orders-api -d token=x ${url}/introspect\n`)
    const long = out.split('\n').filter((line) => line.length > columns && !line.startsWith('  Check'))
    expect(long).toEqual([])
  })

  test('hides secrets that the server repeats', async () => {
    const url = await start({
      instead: ({ method }) =>
        method === 'POST' ? { headers: { 'content-type': 'text/html' }, body: `<html>${CALLER.secret}` } : undefined,
    })
    const { out } = await doctorForPeople(['--issuer', url])
    expect(out).toContain('(secret of orders-api)')
  })

  test('says how many requests it sent', async () => {
    const { out } = await doctorForPeople(['--issuer', await start()])
    expect(out.replaceAll(/\s+/g, ' ')).toMatch(
      /Healthy: connection, metadata, endpoint, credentials, answer work \(2 requests\)\. $/,
    )
    expect(server?.requests).toHaveLength(2)
  })
})

test('no secret is ever guessed: every request has the one that was given', async () => {
  const url = await start({ accepts: () => false })
  await doctor(['--issuer', url])
  const posts = server?.requests.filter(({ method }) => method === 'POST') ?? []
  const secrets = posts.map(({ headers, body }) => {
    const basic = Buffer.from(headers.authorization?.slice('Basic '.length) ?? '', 'base64')
    const sent =
      new URLSearchParams(body).get('client_secret') ?? basic.toString('latin1').split(':').slice(1).join(':')
    return [
      CALLER.secret,
      new URLSearchParams({ s: CALLER.secret }).toString().slice(2),
      Buffer.from(CALLER.secret).toString('latin1'),
    ].includes(sent)
  })
  expect(secrets.length).toBeGreaterThan(2)
  expect(secrets).not.toContain(false)
})

test('an answer that is not from an endpoint is not taken for one', async () => {
  const url = await start({
    instead: ({ method }) => (method === 'POST' ? json({ error: 'nothing' }, 418) : undefined),
  })
  const { code, printed } = await doctor(['--issuer', url])
  expect(code).toBe(1)
  expect(printed.fault).toMatchObject({ step: 'endpoint' })
})
