/** The commands `doctor` and `inspect` against servers that want more than an answer: another command, another audience, another host. */
import { execFileSync } from 'node:child_process'
import { parseJwtPart } from '@token-introspection/core'
import { afterEach, describe, expect, test } from 'vitest'
import { run } from '../../src/run.ts'
import { doctor, TOKEN } from '../doctor/run-command.ts'
import { memorySurroundings } from '../memory-surroundings.ts'
import { type CannedServer, startCannedServer } from '../servers/canned-server.ts'
import { type Behaviour, CALLER, json, startModelServer } from '../servers/model-server.ts'

let server: CannedServer | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})

async function start(behaviour: Behaviour): Promise<string> {
  server = await startModelServer(behaviour)
  return server.url
}

/** A server that refuses the credentials. */
const refusing: Behaviour = { accepts: () => false }
const withMethods = (methods: readonly string[]): Behaviour => ({
  ...refusing,
  metadata: () => ({ introspection_endpoint_auth_methods_supported: methods }),
})

/** The arguments that a shell gives to the program of a command, one in each line. Other programs do not exist there. */
function argumentsOf(command: string): string[] {
  const shell = `curl() { printf '%s\\n' "$@"; }\n${command}`
  return execFileSync('/bin/sh', ['-c', shell], { encoding: 'utf8', env: { PATH: '/nowhere' } })
    .trim()
    .split('\n')
}

describe('the command of a fault', () => {
  const HOSTILE = "/introspect;touch$IFS'x'&&$(reboot)|`id`"

  test('runs nothing of an endpoint that the metadata name', async () => {
    const metadata = (url: string) => ({ introspection_endpoint: url + HOSTILE })
    const url = await start({ ...refusing, metadata })
    const { printed } = await doctor(['--issuer', url])
    expect(argumentsOf(printed.fault?.command ?? '').at(-1)).toBe(new URL(url + HOSTILE).href)
  })

  test('runs nothing of an endpoint that is elsewhere', async () => {
    const url = await start({ metadata: (own) => ({ introspection_endpoint: own + HOSTILE }) })
    const { printed } = await doctor(['--issuer', url, '--endpoint', `${url}/oauth2/introspect`])
    expect(printed.fault?.name).toBe('no_endpoint_here')
    expect(argumentsOf(printed.fault?.command ?? '').at(-1)).toBe(new URL(url + HOSTILE).href)
  })

  test('runs nothing of an identifier', async () => {
    const environment = { TOKEN_INTROSPECTION_CLIENT_ID: "api'; touch x #" }
    const { printed } = await doctor(['--issuer', await start(refusing)], { environment })
    expect(argumentsOf(printed.fault?.command ?? '')).toContain("api'; touch x #")
  })

  test('is left out when it would be too long to be whole', async () => {
    const url = await start({ metadata: (own) => ({ issuer: `${own}/${'x'.repeat(40_000)}` }) })
    const { printed, out } = await doctor(['--issuer', `${url}/acme`])
    expect(printed.fault?.name).toBe('metadata_of_another_issuer')
    expect(out.length).toBeLessThan(10_000)
  })
})

describe('an assertion', () => {
  test('is made for no audience at another server, whatever the metadata name', async () => {
    const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify'])
    const key = JSON.stringify(await crypto.subtle.exportKey('jwk', pair.privateKey))
    const args = ['--auth', 'private_key_jwt', '--key-algorithm', 'ES256', '--private-key-file', 'key']
    const url = await start({ ...refusing, metadata: () => ({ token_endpoint: 'https://victim.example.com/token' }) })
    const { printed } = await doctor(['--issuer', url, ...args], { files: { key } })
    expect(printed.fault?.name).toBe('credentials_refused')
    const audiences = (server?.requests ?? []).flatMap(({ body }) => {
      const assertion = new URLSearchParams(body).get('client_assertion')
      return assertion === null ? [] : [parseJwtPart(assertion.split('.')[1] ?? '')['aud']]
    })
    expect(new Set(audiences)).toEqual(new Set([url, `${url}/introspect`]))
  })
})

describe('credentials', () => {
  test.each(['doctor', 'inspect'])('stay here when a redirect leads to another host, with %s', async (command) => {
    const other = await startCannedServer({ body: '{"active":true}' })
    const instead: Behaviour['instead'] = ({ method }) =>
      method === 'POST' ? { status: 307, headers: { location: `${other.url}/introspect` } } : undefined
    const surroundings = memorySurroundings({
      now: Date.now,
      files: { token: TOKEN },
      environment: { TOKEN_INTROSPECTION_CLIENT_ID: CALLER.id, TOKEN_INTROSPECTION_CLIENT_SECRET: CALLER.secret },
    })
    await run([command, '--issuer', await start({ instead }), '--token-file', 'token'], surroundings)
    expect(server?.requests.some(({ method }) => method === 'POST')).toBe(true)
    expect(other.requests).toEqual([])
    await other.close()
  })

  test('stay here when the metadata of another issuer name an endpoint', async () => {
    const other = await startCannedServer({ body: '{"active":false}' })
    const metadata = () => ({ issuer: other.url, introspection_endpoint: `${other.url}/introspect` })
    await doctor(['--issuer', `${await start({ metadata })}/acme`])
    expect([other.requests, server?.requests.filter(({ headers }) => headers.authorization)]).toEqual([[], []])
    await other.close()
  })
})

describe('what a server names', () => {
  test('is no member of a prototype', async () => {
    const { printed } = await doctor(['--issuer', await start(withMethods(['constructor', 'toString']))])
    expect(printed.fault).toMatchObject({
      name: 'wrong_method',
      fix: expect.stringMatching(/^Use constructor, or toString\./) as string,
    })
  })

  test('is cut when there are thousands of it', async () => {
    const names = Array.from({ length: 4000 }, (_, index) => `method_${index}`)
    const { printed } = await doctor(['--issuer', await start(withMethods(names))])
    expect(printed.fault?.name).toBe('wrong_method')
    expect(printed.fault?.fix.length).toBeLessThan(1000)
  })

  test('is explained member by member, also thousands of them', async () => {
    const members = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`m${index}`, index]))
    server = await startCannedServer(json({ active: true, exp: 1e308, iat: -1e308, nbf: 1e-300, ...members }))
    const surroundings = memorySurroundings({
      stdin: TOKEN,
      environment: { TOKEN_INTROSPECTION_CLIENT_ID: CALLER.id, TOKEN_INTROSPECTION_CLIENT_SECRET: CALLER.secret },
    })
    await run(['inspect', '--endpoint', `${server.url}/introspect`], surroundings)
    expect(surroundings.out()).toContain('m4999')
    expect(surroundings.out()).toContain('no date')
  })
})

test('inspect ends when it is asked to stop, although no answer comes', async () => {
  const surroundings = memorySurroundings({
    stdin: TOKEN,
    environment: { TOKEN_INTROSPECTION_CLIENT_ID: CALLER.id, TOKEN_INTROSPECTION_CLIENT_SECRET: CALLER.secret },
  })
  server = await startCannedServer(() => {
    surroundings.interrupt()
    return new Promise(() => undefined)
  })
  expect(await run(['inspect', '--endpoint', `${server.url}/introspect`, '--timeout', '60'], surroundings)).toBe(3)
})
