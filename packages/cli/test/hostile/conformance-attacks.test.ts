/** The command `conformance` against servers that attack it: its reports stay valid, bounded, and without secrets. */
import { afterEach, describe, expect, test } from 'vitest'
import { checkEndpoint } from '../../src/conformance/check-host.ts'
import { run } from '../../src/run.ts'
import {
  CALLER,
  ENDED_TOKEN,
  environmentOf,
  type Fault,
  GOOD_TOKEN,
  startHonestServer,
} from '../conformance/honest-server.ts'
import { type Given, memorySurroundings, type MemorySurroundings } from '../memory-surroundings.ts'
import { type CannedAnswer, type CannedServer, startCannedServer } from '../servers/canned-server.ts'
import { CONTROLS, expectHarmless, SPELLINGS } from './harmless.ts'
import { xmlFault } from './xml-fault.ts'

const SECRETS = [CALLER.secret, GOOD_TOKEN, ENDED_TOKEN]
const ENVIRONMENT = environmentOf(CALLER, GOOD_TOKEN, ENDED_TOKEN)

let server: CannedServer | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})

async function conformance(args: readonly string[] = [], given: Given = {}) {
  const surroundings = memorySurroundings({ environment: ENVIRONMENT, ...given })
  const code = await run(['conformance', server?.url ?? '', ...args], surroundings)
  return { code, ...outputOf(surroundings) }
}

function outputOf({ out, err, kept }: MemorySurroundings) {
  return { out: out(), err: err(), xml: kept.get('junit.xml') }
}

/** Every answer of the endpoint, changed. */
function at(change: (answer: CannedAnswer, request: Parameters<Fault>[0]) => CannedAnswer): Fault {
  return async (request, honest) => {
    const answer = await honest(request)
    return request.url?.startsWith('/introspect') === true ? change(answer, request) : answer
  }
}

/** The faults that repeat a text in every answer that can have one. */
const repeating = (text: string, inField: string): Fault =>
  at((answer) => {
    const headers = {
      ...answer.headers,
      'cache-control': inField,
      'www-authenticate': inField,
      allow: inField,
      location: inField,
    }
    if (answer.body?.startsWith('{') !== true) return { ...answer, headers }
    const members = JSON.parse(answer.body) as object
    const isError = (answer.status ?? 200) >= 400
    const body = isError
      ? { error: text, error_description: text }
      : { ...members, sub: [text], [text]: [], note: text }
    return { ...answer, headers, body: JSON.stringify(body) }
  })

describe('a report', () => {
  test('has no control of an answer, and is valid XML and JSON', async () => {
    server = await startHonestServer(repeating(`${CONTROLS.inText} ]]> <!-- & "'`, CONTROLS.inField))
    const { out, xml = '' } = await conformance(['--json', '--junit', 'junit.xml'])
    const { counts } = JSON.parse(out) as { counts: { failed: number } }
    expect(counts.failed).toBeGreaterThan(0)
    expect(xmlFault(xml)).toBeUndefined()
    expectHarmless(out + xml, [])
    const people = await conformance()
    expectHarmless(people.out, [])
  })

  test.each(Object.keys(SPELLINGS))('has no secret that the server repeats %s', async (how) => {
    const spell = SPELLINGS[how] ?? String
    const text = SECRETS.map(spell).join(' ')
    server = await startHonestServer(repeating(text, spell(GOOD_TOKEN)))
    const { out, xml = '' } = await conformance(['--json', '--junit', 'junit.xml'])
    expect(xml).toContain('<failure')
    expectHarmless(out + xml, SECRETS)
    expectHarmless((await conformance()).out, SECRETS)
  })

  test('has no part of a secret where a body is cut', async () => {
    server = await startHonestServer((request, honest) =>
      request.body.includes('unheard_of') ? { status: 418, body: `${'x'.repeat(385)} ${GOOD_TOKEN}` } : honest(request),
    )
    const { out } = await conformance(['--json'])
    expect(out).toContain('xxxx ')
    expectHarmless(out, SECRETS)
  })
})

describe('the suite', () => {
  test('ends, although every answer comes octet by octet', async () => {
    server = await startHonestServer(async (request, honest) => {
      if (request.url === '/introspect') await new Promise(() => undefined)
      return honest(request)
    })
    const { code, err } = await conformance(['--timeout', '1'])
    expect([code, server.requests.length]).toEqual([3, 2])
    expect(err).toContain('no complete answer')
  })

  test('sends nothing more when it is asked to stop', async () => {
    const surroundings = memorySurroundings({ environment: ENVIRONMENT })
    server = await startHonestServer(async (request, honest) => {
      if (request.body.includes('token_type_hint')) surroundings.interrupt()
      return honest(request)
    })
    expect(await run(['conformance', server.url, '--json'], surroundings)).toBe(3)
    expect(JSON.parse(surroundings.out())).toMatchObject({
      error: { message: expect.stringContaining('stopped') as string },
    })
    expect(server.requests.findIndex(({ body }) => body.includes('token_type_hint'))).toBe(server.requests.length - 1)
  })

  test.each([
    ['a caller that is refused', 401, CALLER.secret],
    ['a good token that is not active', 400, GOOD_TOKEN],
  ])('says no secret when it gives up because of %s', async (_, status, text) => {
    server = await startCannedServer(({ method }) =>
      method === 'GET' ? { status: 404 } : { status, body: JSON.stringify({ error: text }) },
    )
    const { code, out, err } = await conformance()
    expect(code).toBe(3)
    expectHarmless(out + err, SECRETS)
  })

  test.each([
    ['metadata that are too large', JSON.stringify({ issuer: 'x', pad: 'x'.repeat(70_000) })],
    ['an endpoint that is no URL', JSON.stringify({ introspection_endpoint: `http://127.0.0.1:x/${CONTROLS.inText}` })],
    [
      'an endpoint that is too long',
      JSON.stringify({ introspection_endpoint: `http://127.0.0.1/${'x'.repeat(3000)}` }),
    ],
    ['an endpoint that is an object', '{"introspection_endpoint":{"toString":"http://127.0.0.1:1/"}}'],
  ])('refuses %s', async (_, body) => {
    server = await startCannedServer({ body })
    const { code, out, err } = await conformance()
    expect(code).toBe(3)
    expect(err.length).toBeLessThan(1000)
    expectHarmless(out + err, SECRETS)
    expect(server.requests.every(({ headers }) => headers.authorization === undefined)).toBe(true)
  })

  test('fails requirements, and nothing else, when an answer is nested too deeply', async () => {
    server = await startHonestServer(
      at((answer) => (answer.body === '{"active":false}' ? { ...answer, body: nested(30_000) } : answer)),
    )
    // The first question shows it already.
    const { code, err } = await conformance()
    expect([code, err.length < 1000]).toEqual([1, true])
  })
})

function nested(depth: number): string {
  return `{"active":false,"a":${'['.repeat(depth)}${']'.repeat(depth)}}`
}

describe('credentials', () => {
  test('stay here, when a redirect leads to another host', async () => {
    const other = await startCannedServer({ body: '{"active":false}' })
    server = await startHonestServer(at((answer) => ({ ...answer, status: 307, headers: { location: other.url } })))
    const { code } = await conformance()
    expect(code).toBe(3)
    expect(other.requests).toEqual([])
    await other.close()
  })

  test.each([
    [
      'plain http to another machine',
      ['http://as.example.com', '--host-is-mine', 'as.example.com'],
      /--dangerously-allow-http/,
    ],
    ['a host that nobody confirmed', ['https://as.example.com'], /--host-is-mine as\.example\.com/],
  ])('are not sent by %s', async (_, args, message) => {
    const surroundings = memorySurroundings({ environment: ENVIRONMENT })
    expect(await run(['conformance', ...args], surroundings)).toBe(2)
    expect(surroundings.err().replaceAll(/\s+/g, ' ')).toMatch(message)
  })

  test.each([
    ['an endpoint on this machine that another one names', 'http://127.0.0.1:9/introspect', /on this machine/],
    ['an endpoint over http that the metadata name', 'http://as.example.com/x', /--dangerously-allow-http/],
    ['an endpoint on a third host', 'https://third.example.com/x', /--host-is-mine third/],
  ])('are not sent to %s', (_, endpoint, message) => {
    const confirmed = { hostIsMine: ['as.example.com'] }
    expect(() => checkEndpoint(endpoint, 'https://as.example.com', confirmed)).toThrow(message)
  })
})
