/** The command `conformance`: every requirement passes at our handler, and fails at a server that breaks it. */
import { afterEach, describe, expect, test } from 'vitest'
import type { Report } from '../../src/conformance/report/report.ts'
import { REQUIREMENTS } from '../../src/conformance/requirements/requirements.ts'
import { run } from '../../src/run.ts'
import { type Given, memorySurroundings } from '../memory-surroundings.ts'
import { type CannedServer, startCannedServer } from '../servers/canned-server.ts'
import { FAULTS, FURTHER_FAULTS } from './faults.ts'
import { CALLER, ENDED_TOKEN, environmentOf, GOOD_TOKEN, startHonestServer } from './honest-server.ts'

const TOKENS = environmentOf(CALLER, GOOD_TOKEN, ENDED_TOKEN)

let server: CannedServer | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})

async function conformance(args: readonly string[] = [], given: Given = {}) {
  const surroundings = memorySurroundings({ environment: TOKENS, ...given })
  const code = await run(['conformance', server?.url ?? '', ...args], surroundings)
  const { kept } = surroundings
  const [out, err] = [surroundings.out(), surroundings.err()]
  for (const text of [out, err, ...kept.values()]) {
    expect(text).not.toContain(GOOD_TOKEN)
    expect(text).not.toContain(ENDED_TOKEN)
    expect(text).not.toContain(CALLER.secret)
    expect(text).not.toContain('100%25')
  }
  return { code, out, err, kept, words: out.replaceAll(/\s+/g, ' ') }
}

async function report(args: readonly string[] = [], given: Given = {}): Promise<Report & { code: number }> {
  const { code, out } = await conformance(['--json', ...args], given)
  return { ...(JSON.parse(out) as Report), code }
}

describe('a requirement', () => {
  test('is checked once each', () => {
    expect(REQUIREMENTS.map(({ id }) => id).toSorted()).toEqual(
      [...new Set(REQUIREMENTS.map(({ id }) => id))].toSorted(),
    )
    expect(Object.keys(FAULTS).toSorted()).toEqual(REQUIREMENTS.map(({ id }) => id).toSorted())
  })

  test('passes at our handler, whichever it is', async () => {
    server = await startHonestServer()
    const { requirements, code } = await report()
    expect(requirements.filter(({ verdict }) => verdict !== 'passed')).toEqual([])
    expect(requirements).toHaveLength(REQUIREMENTS.length)
    expect(code).toBe(0)
  })

  test.each(REQUIREMENTS)('$id fails at a server that breaks it', async ({ id, level }) => {
    const fault = FAULTS[id]
    server = await startHonestServer(fault)
    // A server that refuses Basic refuses a caller with Basic at the first question.
    const { requirements, code } = await report(id === 'AUTH-03' ? ['--auth', 'client_secret_post'] : [])
    const verdict = level === 'must' ? 'failed' : 'warning'
    const found = requirements.find((each) => each.id === id)
    expect(found).toMatchObject({ verdict, message: expect.stringMatching(/./) as string })
    expect(found?.evidence?.answer.status).toBeGreaterThan(0)
    expect(code).toBe(requirements.some((each) => each.verdict === 'failed') ? 1 : 0)
  })
})

describe('a part of a requirement', () => {
  test.each(FURTHER_FAULTS)('%s fails at a server with %s', async (id, _, fault) => {
    server = await startHonestServer(fault)
    const { requirements } = await report()
    const level = REQUIREMENTS.find((each) => each.id === id)?.level
    const found = requirements.find((each) => each.id === id)
    expect(found?.verdict).toBe(level === 'must' ? 'failed' : 'warning')
  })
})

describe('conformance', () => {
  test('shows the fault with its clause and the evidence', async () => {
    server = await startHonestServer(FAULTS['REQ-10'])
    const { code, words } = await conformance()
    expect(code).toBe(1)
    expect(words).toContain('REQ-10 With a hint of another type, the token is still found. (RFC 7662 §2.1)')
    expect(words).toContain('expected the token to be active, got 200 with active false')
    expect(words).toContain('> token=(the token)&token_type_hint=refresh_token')
    expect(words).toContain('< {"active":false}')
    expect(words).toContain('1 failed')
  })

  test('skips what needs a token, without one', async () => {
    server = await startHonestServer()
    const { requirements, code } = await report([], { environment: environmentOf(CALLER) })
    const skipped = requirements.filter(({ verdict }) => verdict === 'skipped')
    expect(code).toBe(0)
    expect(skipped.map(({ id }) => id)).toContain('REQ-10')
    expect(new Set(skipped.map(({ message }) => message))).toEqual(
      new Set([
        'needs a good token (--good-token-file)',
        'needs a token that is revoked or expired (--ended-token-file)',
      ]),
    )
  })

  test('takes a URL without metadata for the endpoint', async () => {
    server = await startHonestServer()
    const surroundings = memorySurroundings({ environment: TOKENS })
    expect(await run(['conformance', `${server.url}/introspect`, '--json'], surroundings)).toBe(0)
    const { endpoint, counts } = JSON.parse(surroundings.out()) as Report
    expect(endpoint).toBe(`${server.url}/introspect`)
    expect(counts.failed).toBe(0)
  })

  test('asks one question at a time, and no more than the budget', async () => {
    let open = 0
    let most = 0
    server = await startHonestServer(async (request, honest) => {
      most = Math.max(most, ++open)
      const answer = await honest(request)
      await new Promise(setImmediate)
      open--
      return answer
    })
    const { requirements, requests } = await report(['--max-requests', '10'])
    expect(most).toBe(1)
    expect(requests).toBe(10)
    expect(server.requests.filter(({ url }) => url?.startsWith('/introspect'))).toHaveLength(10)
    expect(requirements.at(-6)).toMatchObject({ verdict: 'skipped', message: 'the budget of 10 requests is used up' })
  })

  test('skips requirements when the server asks to slow down', async () => {
    server = await startHonestServer((request, honest) =>
      request.headers.authorization === undefined && request.url === '/introspect' ? { status: 429 } : honest(request),
    )
    const { requirements } = await report()
    expect(requirements.find(({ id }) => id === 'REQ-15')).toMatchObject({
      verdict: 'skipped',
      message: 'the server asks to slow down (429)',
    })
  })

  test.each([
    [
      'the caller is refused',
      { status: 401, body: '{"error":"invalid_client"}' },
      /got 401 with the error invalid_client/,
    ],
    ['the good token is not active', { body: '{"active":false}' }, /the good token got 200 with active false/],
  ])('ends with 3 when %s', async (_, answer, message) => {
    server = await startCannedServer(({ url }) => (url?.startsWith('/.well-known') === true ? { status: 404 } : answer))
    const { code, err } = await conformance()
    expect(code).toBe(3)
    expect(err.replaceAll(/\s+/g, ' ')).toMatch(message)
  })

  test('ends with 3 when the metadata name no endpoint', async () => {
    server = await startCannedServer({ body: '{"issuer":"x"}' })
    const { code, err } = await conformance()
    expect(code).toBe(3)
    expect(err.replaceAll(/\s+/g, ' ')).toContain('names no introspection_endpoint')
  })

  test('asks no host that is not confirmed, also when the metadata name it', async () => {
    server = await startCannedServer({ body: '{"introspection_endpoint":"https://as.example.com/introspect"}' })
    const { code, err } = await conformance()
    expect(code).toBe(2)
    expect(err.replaceAll(/\s+/g, ' ')).toContain('add --host-is-mine as.example.com')
    const surroundings = memorySurroundings({ environment: TOKENS })
    expect(await run(['conformance', 'https://as.example.com'], surroundings)).toBe(2)
  })

  test('writes JUnit XML with the faults in it', async () => {
    server = await startHonestServer(FAULTS['ERR-06'])
    const { kept } = await conformance(['--junit', 'junit.xml'])
    const xml = kept.get('junit.xml') ?? ''
    expect(xml).toMatch(/^<\?xml version="1.0" encoding="UTF-8"\?>\n<testsuites tests="\d+" failures="1" skipped="0">/)
    expect(xml).toMatch(/<testcase classname="RFC 6749 §5.2" name="ERR-06 [^"]+"><failure message="[^"]+">/)
    expect(xml.replaceAll(/"[^"]*"/g, '')).not.toMatch(/[^\w\s<>/?.=:;,&#{}[\]()§"\\%+*'!-]/)
  })

  test.each([80, 120])('keeps its lines within %d columns', async (columns) => {
    server = await startHonestServer(FAULTS['RSP-22'])
    const { out } = await conformance([], { columns, environment: { ...TOKENS, NO_COLOR: '1' } })
    expect(out.split('\n').filter((line) => line.length > columns)).toEqual([])
  })
})
