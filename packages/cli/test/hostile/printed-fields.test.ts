/** Nothing that a server writes into an answer reaches the terminal as a control, and nothing of a secret that it repeats is printed. */
import { afterEach, describe, expect, test } from 'vitest'
import { run } from '../../src/run.ts'
import { memorySurroundings } from '../memory-surroundings.ts'
import type { CannedServer } from '../servers/canned-server.ts'
import { type Behaviour, CALLER, json, startModelServer } from '../servers/model-server.ts'
import { CONTROLS, expectHarmless, SPELLINGS } from './harmless.ts'

const TOKEN = '2YotnFZFEjr1zCsicMWpAA'
const AUDIENCE = 'https://orders.example.com'

let server: CannedServer | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})

/** The output of a command, in its two forms. */
async function outputsOf(command: string, url: string, args: readonly string[] = []): Promise<string> {
  const outputs: string[] = []
  for (const form of [[], ['--json']]) {
    const surroundings = memorySurroundings({
      now: Date.now,
      files: { token: TOKEN },
      environment: {
        TOKEN_INTROSPECTION_CLIENT_ID: CALLER.id,
        TOKEN_INTROSPECTION_CLIENT_SECRET: CALLER.secret,
      },
    })
    const all = [command, '--issuer', url, '--token-file', 'token', '--audience', AUDIENCE, ...args, ...form]
    await run(all, surroundings)
    if (form.length > 0) expect(() => JSON.parse(surroundings.out()) as unknown).not.toThrow()
    expect(surroundings.out()).not.toBe('')
    outputs.push(surroundings.out(), surroundings.err())
  }
  return outputs.join('')
}

const atEndpoint = (answer: object): Behaviour => ({
  instead: ({ method }) => (method === 'POST' ? answer : undefined),
})
const inHeader = (status: number, name: string, value: string): Behaviour =>
  atEndpoint({
    status,
    headers: { 'content-type': 'application/json', [name]: value },
    body: '{"error":"invalid_client"}',
  })
const about = (members: object): Behaviour => ({
  answerAbout: (token) => (token === TOKEN ? { active: true, aud: AUDIENCE, ...members } : undefined),
})
const inMetadata = (members: (url: string) => object): Behaviour => ({ accepts: () => false, metadata: members })

/** Places of an answer, each with a text of the server in it. */
const PLACES: Readonly<Record<string, (text: string) => Behaviour>> = {
  'error and error_description': (text) =>
    atEndpoint(json({ error: text, error_description: text, error_uri: text }, 401)),
  'a 400': (text) => atEndpoint(json({ error: text, error_description: text }, 400)),
  'a page': (text) => atEndpoint({ headers: { 'content-type': 'text/html' }, body: `<html>${text}` }),
  'a page, at its cut': (text) =>
    atEndpoint({ headers: { 'content-type': 'text/html' }, body: `<html>${'x'.repeat(55)} ${text}` }),
  'a body that is no JSON': (text) => atEndpoint({ body: text }),
  'a long body, at its cut': (text) => atEndpoint({ status: 500, body: `${'x'.repeat(385)} ${text}` }),
  'values of members': (text) => about({ sub: text, jti: text, username: text, scope: text, note: [{ deep: text }] }),
  'names of members': (text) => about({ [text]: 1, [`${text}!`]: { [text]: 1 } }),
  'members that the client compares': (text) => about({ aud: text, iss: text, token_type: text, scope: text }),
  'the audience': (text) => about({ aud: [text, `${text}/`] }),
  active: (text) => about({ active: text }),
  'the issuer of the metadata': (text) => inMetadata(() => ({ issuer: `https://as.example.com/${text}` })),
  'an issuer that is no URL': (text) => inMetadata(() => ({ issuer: text })),
  'the endpoint of the metadata': (text) =>
    inMetadata((url) => ({ introspection_endpoint: `${url}/introspect/${text}` })),
  'an endpoint that is no URL': (text) => inMetadata(() => ({ introspection_endpoint: text })),
  'the methods of the metadata': (text) =>
    inMetadata(() => ({ introspection_endpoint_auth_methods_supported: [text, `${text}!`, 'constructor'] })),
  'the token endpoint': (text) => inMetadata((url) => ({ token_endpoint: `${url}/${text}` })),
}
/** The same in header fields, which have no room for every letter. */
const FIELDS: Readonly<Record<string, (text: string) => Behaviour>> = {
  'WWW-Authenticate': (text) => inHeader(401, 'www-authenticate', `Basic realm="${text}", error="${text}"`),
  Location: (text) => inHeader(302, 'location', `/${text}?${text}`),
  'a Location elsewhere': (text) => inHeader(307, 'location', `https://${text}@as.example.com/${text}`),
  'a Location of no place': (text) => inHeader(302, 'location', `javascript:${text}`),
  'Retry-After': (text) => inHeader(429, 'retry-after', text),
  'Content-Type': (text) => inHeader(200, 'content-type', text),
  Date: (text) => inHeader(200, 'date', text),
}

describe.each(['doctor', 'inspect'])('%s', (command) => {
  test.each([...Object.keys(PLACES), ...Object.keys(FIELDS)])('shows no control of %s', async (place) => {
    const behaviour = PLACES[place]?.(CONTROLS.inText) ?? FIELDS[place]?.(CONTROLS.inField) ?? {}
    server = await startModelServer(behaviour)
    expectHarmless(await outputsOf(command, server.url), [])
  })

  test.each([...Object.keys(PLACES), ...Object.keys(FIELDS)])('prints no secret that is in %s', async (place) => {
    const at = PLACES[place] ?? FIELDS[place] ?? ((): Behaviour => ({}))
    const secrets = place in FIELDS ? [TOKEN] : [TOKEN, CALLER.secret]
    for (const spell of Object.values(SPELLINGS)) {
      server = await startModelServer(at(secrets.map(spell).join(' ')))
      expectHarmless(await outputsOf(command, server.url), secrets)
      await server.close()
    }
  })

  test('prints no secret that is split', async () => {
    server = await startModelServer(about({ first: TOKEN.slice(0, 11), second: { third: TOKEN.slice(11) } }))
    expectHarmless(await outputsOf(command, server.url), [TOKEN])
  })
})
