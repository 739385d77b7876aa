/** Runs every scenario of the hostile authorization server against this client and against others. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { clientSecretBasic, IntrospectionClient, type IntrospectionClientOptions } from '@token-introspection/client'
import {
  type HostileAuthorizationServer,
  type HostileScenario,
  hostileScenarios,
  startHostileAuthorizationServer,
} from '@token-introspection/testing/hostile'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createCertificate } from '../certificates.ts'
import { outcomes } from '../hostile-answers.ts'
import { AUDIENCE, CLIENT_ID, type Contender, contenders, SCOPE, SECRET, type Verdict } from './contenders.ts'

const GUIDE = fileURLToPath(new URL('../../../../docs/reference/hostile-servers.md', import.meta.url))
const NOW = 1_764_000_000
/** The deadline for answers that come, on any busy machine, and the deadline for answers that never come. */
const DEADLINE_MS = 60_000
const SHORT_DEADLINE_MS = 250
/** How long the test waits for another client that hangs as the guide says. Most have no deadline of their own. */
const PATIENCE_MS = 1500
/** How long it waits for any other client, which a busy machine may have slowed down. */
const LONG_PATIENCE_MS = 60_000
const AT_ONCE = 12

const unhandled: unknown[] = []
const note = (reason: unknown): void => void unhandled.push(reason)
const everyone: { readonly as: HostileAuthorizationServer; readonly contender: Contender }[] = []
let ours: HostileAuthorizationServer

beforeAll(async () => {
  process.on('unhandledRejection', note)
  ours = await startHostileAuthorizationServer({ now: () => NOW * 1000 })
  for (const create of contenders) {
    const as = await startHostileAuthorizationServer()
    everyone.push({ as, contender: await create(as) })
  }
})

afterAll(async () => {
  await ours.close()
  for (const { as, contender } of everyone) {
    await as.close()
    await contender.close?.()
  }
  process.off('unhandledRejection', note)
})

function createClient(
  as: HostileAuthorizationServer,
  scenario: Pick<HostileScenario, 'asks'> & Partial<HostileScenario>,
  transport: IntrospectionClientOptions['transport'] = {},
): IntrospectionClient {
  const issuer = scenario.name === undefined ? as.issuer : as.issuerOf(scenario as HostileScenario)
  return new IntrospectionClient({
    issuer,
    clientAuthentication: clientSecretBasic(CLIENT_ID, SECRET),
    transport: {
      allowHttpOnLoopback: true,
      deadlineMs: deadlineOf(scenario),
      retry: false,
      circuitBreaker: false,
      ...transport,
    },
    ...(scenario.asks !== 'metadata' && { endpoint: as.endpoint }),
    ...(scenario.asks === 'jwt' && { response: { jwt: { algorithms: ['RS256'] } } }),
    policy: { audience: AUDIENCE },
    now: () => NOW * 1000,
  })
}

function deadlineOf({ expected }: Partial<HostileScenario>): number {
  return expected === 'late' ? SHORT_DEADLINE_MS : DEADLINE_MS
}

function bearing(token: string): Request {
  return new Request(AUDIENCE, { headers: { authorization: `Bearer ${token}` } })
}

/**
 * The result of a scenario with this client and its guard: the status of the guard, the reason, and the number of
 * requests.
 */
async function judge(as: HostileAuthorizationServer, scenario: HostileScenario) {
  const client = createClient(as, scenario)
  const before = as.requests.length
  const decision = await client.guard({ scope: SCOPE })(bearing(scenario.token))
  await client.close()
  const asked = as.requests.slice(before).filter(({ url }) => url.startsWith('/introspect')).length
  if (decision.allowed) return { status: 200, reason: 'allowed', asked }
  return { status: decision.status, reason: decision.error?.code ?? decision.reason, asked }
}

/** The one scenario with an endpoint at another origin, to which the client may send the token. */
function isSentElsewhere({ name }: HostileScenario): boolean {
  return name === 'metadata-endpoint-elsewhere'
}

/** Scenarios that this client refuses with another reason than the expectation names. */
const otherReasons: Readonly<Record<string, { readonly status: number; readonly reason: string }>> = {
  // The key may be new and not published yet.
  'jwt-other-key-id': { status: 503, reason: 'ERR_RESPONSE_KEYS_UNAVAILABLE' },
}

/** The expected result. */
function expectedOf({ name, expected }: HostileScenario): { readonly status: number; readonly reason: string } {
  const other = otherReasons[name]
  if (other !== undefined) return other
  const { outcome, guard } = outcomes[expected]
  if (guard === 'allowed') return { status: 200, reason: 'allowed' }
  const reasons: Readonly<Record<string, string>> = {
    inactive: 'token_inactive',
    insufficient_scope: 'scope',
    refuse: expect.stringMatching(/^(?:audience|token_kind|confirmation)$/) as string,
  }
  return { status: guard, reason: reasons[expected] ?? outcome }
}

describe('this client', () => {
  test.each(hostileScenarios)('$asks $name: $expected', async (scenario) => {
    const { asked, ...judged } = await judge(ours, scenario)
    expect(judged).toEqual(expectedOf(scenario))
    const strays = ours.strayRequests.filter((request) => request.scenario === scenario.name).length
    const isAsked = scenario.asks !== 'metadata' || scenario.expected === 'accept'
    expect([asked, strays]).toEqual(isAsked ? (isSentElsewhere(scenario) ? [0, 1] : [1, 0]) : [0, 0])
  })

  test('accepts no token by an answer that was smuggled in behind another answer', async () => {
    const client = createClient(ours, { asks: 'json' })
    const guard = client.guard({ scope: SCOPE })
    for (let round = 0; round < 5; round++) {
      expect((await guard(bearing('hostile.inactive-smuggled'))).allowed).toBe(false)
      expect((await guard(bearing('hostile.inactive'))).allowed).toBe(false)
    }
    await client.close()
  })

  test('follows no redirect and no metadata URL from https to http', async () => {
    const tls = createCertificate('127.0.0.1')
    await using secure = await startHostileAuthorizationServer({ tls, now: () => NOW * 1000 })
    const transport = { tls: { ca: tls.cert }, allowHttpOnLoopback: false }
    const guardOf = (name: string) => {
      const scenario = hostileScenarios.find((candidate) => candidate.name === name) as HostileScenario
      return { client: createClient(secure, scenario, transport), token: scenario.token }
    }
    for (const [name, allowed] of [
      ['good', true],
      ['metadata-good', true],
      ['redirect-302-away', false],
      ['redirect-307-away', false],
      ['metadata-redirect', false],
      ['metadata-endpoint-http', false],
    ] as const) {
      const { client, token } = guardOf(name)
      expect([name, (await client.guard({ scope: SCOPE })(bearing(token))).allowed]).toEqual([name, allowed])
      await client.close()
    }
    expect(secure.strayRequests).toEqual([])
  })
})

/** The verdict of another client, or `hangs` when it does not end. */
async function watch(contender: Contender, scenario: HostileScenario): Promise<Verdict | 'hangs'> {
  const { promise: late, resolve } = Promise.withResolvers<'hangs'>()
  const controller = new AbortController()
  const timer = setTimeout(
    () => {
      resolve('hangs')
      controller.abort()
    },
    isKnownToHang(contender, scenario) ? PATIENCE_MS : LONG_PATIENCE_MS,
  )
  const judged = contender.judge(scenario, controller.signal).catch((): Verdict => 'error')
  const verdict = await Promise.race([judged, late])
  clearTimeout(timer)
  return verdict
}

/** Whether the guide says so. */
function isKnownToHang({ name }: Contender, scenario: HostileScenario): boolean {
  const column = 3 + contenderNames().indexOf(name)
  const row = readFileSync(GUIDE, 'utf8')
    .split('\n')
    .find((line) => line.startsWith(`| \`${scenario.name}\` |`))
  return row?.split(' | ')[column]?.includes('hangs') === true
}

function contenderNames(): string[] {
  return everyone.map(({ contender }) => contender.name)
}

/** The verdicts of another client for several scenarios, some of them in parallel. */
async function watchAll(contender: Contender, scenarios: readonly HostileScenario[]): Promise<[string, string][]> {
  const verdicts: [string, string][] = []
  const waiting = [...scenarios]
  const work = async (): Promise<void> => {
    for (let scenario = waiting.shift(); scenario !== undefined; scenario = waiting.shift()) {
      verdicts.push([scenario.name, await watch(contender, scenario)])
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  return verdicts
}

/** The scenarios that a client can run. All clients here have plain http allowed. */
function scenariosFor({ asks }: Contender, endless: boolean): HostileScenario[] {
  return hostileScenarios.filter(
    (scenario) =>
      asks.includes(scenario.asks) && scenario.name !== 'metadata-endpoint-http' && isEndless(scenario) === endless,
  )
}

function isEndless({ name, expected }: HostileScenario): boolean {
  return expected === 'late' || /-(?:endless|flood)$/.test(name)
}

/**
 * All verdicts: first the scenarios that never end, for all clients in parallel, then the other scenarios client by
 * client.
 */
async function watchEveryone(): Promise<{ name: string; verdicts: Map<string, string> }[]> {
  const results = await Promise.all(
    everyone.map(async ({ contender }) => ({
      name: contender.name,
      verdicts: new Map(await watchAll(contender, scenariosFor(contender, true))),
    })),
  )
  for (const [index, { verdicts }] of results.entries()) {
    const { as, contender } = everyone[index] as (typeof everyone)[number]
    for (const [name, verdict] of await watchAll(contender, scenariosFor(contender, false))) verdicts.set(name, verdict)
    for (const { scenario } of as.strayRequests) {
      if (scenario !== undefined) verdicts.set(scenario, `${verdicts.get(scenario)}, elsewhere`)
    }
  }
  return results
}

describe('the others', () => {
  test('behave as the guide says, and none ends the process', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const results = await watchEveryone()
    // Each client accepts a good token. Otherwise its other verdicts would mean nothing.
    for (const { name, verdicts } of results) expect([name, verdicts.get('good')]).toEqual([name, 'accepts'])
    const text = readFileSync(GUIDE, 'utf8')
    const rows = hostileScenarios.map((scenario) => [
      `\`${scenario.name}\``,
      titleOf(scenario),
      ourCell(scenario),
      ...results.map(({ verdicts }) => cell(verdicts.get(scenario.name), scenario)),
    ])
    const table = toTable([['scenario', 'answer', 'this client', ...results.map(({ name }) => name)], ...rows])
    const counts = toTable([
      ['', 'this client', ...results.map(({ name }) => name)],
      ['scenarios run', String(hostileScenarios.length), ...results.map(({ verdicts }) => String(verdicts.size))],
      [
        'let in, where this client keeps out',
        '0',
        ...results.map(({ verdicts }) => String(count(verdicts, isWronglyAccepted))),
      ],
      ['sent on to another origin', '0', ...results.map(({ verdicts }) => String(count(verdicts, isElsewhere)))],
      [`no end within ${PATIENCE_MS} ms`, '0', ...results.map(({ verdicts }) => String(count(verdicts, isHanging)))],
      [
        'kept out, where this client lets in',
        '0',
        ...results.map(({ verdicts }) => String(count(verdicts, isWronglyRefused))),
      ],
    ])
    await expect(between(between(text, 'counts', counts), 'table', table)).toMatchFileSnapshot(GUIDE)
    await new Promise((resolve) => setImmediate(resolve))
    expect(unhandled).toEqual([])
  })
})

function isWronglyAccepted(verdict: string, { expected }: HostileScenario): boolean {
  return verdict.startsWith('accepts') && expected !== 'accept'
}

function isWronglyRefused(verdict: string, { expected }: HostileScenario): boolean {
  return !verdict.startsWith('accepts') && expected === 'accept'
}

function isElsewhere(verdict: string, scenario: HostileScenario): boolean {
  return verdict.endsWith('elsewhere') && !isSentElsewhere(scenario)
}

function isHanging(verdict: string): boolean {
  return verdict.startsWith('hangs')
}

function count(
  verdicts: ReadonlyMap<string, string>,
  isCounted: (verdict: string, scenario: HostileScenario) => boolean,
): number {
  return hostileScenarios.filter((scenario) => {
    const verdict = verdicts.get(scenario.name)
    return verdict !== undefined && isCounted(verdict, scenario)
  }).length
}

/** The result that the tests above have proved. */
function ourCell(scenario: HostileScenario): string {
  const { name, expected } = scenario
  const { outcome, guard } = outcomes[expected]
  const other = otherReasons[name]
  if (other !== undefined) return `${other.status} \`${other.reason}\``
  if (guard === 'allowed') return isSentElsewhere(scenario) ? 'accepts, elsewhere' : 'accepts'
  return outcome.startsWith('ERR_') ? `${guard} \`${outcome}\`` : `${guard}`
}

/** Plain words stay as they are. Titles with other characters become code. */
function titleOf({ title }: HostileScenario): string {
  return /^[\w ,:().+/]+$/.test(title) ? title : `\`${title.length > 60 ? `${title.slice(0, 59)}…` : title}\``
}

function cell(verdict: string | undefined, scenario: HostileScenario): string {
  if (verdict === undefined) return '–'
  const isBad = isWronglyAccepted(verdict, scenario) || isHanging(verdict) || isElsewhere(verdict, scenario)
  return isBad || isWronglyRefused(verdict, scenario) ? `**${verdict}**` : verdict
}

function toTable([head = [], ...rows]: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

/** Puts lines between the two markers of a name. */
function between(text: string, name: string, lines: string): string {
  const [start, end] = [`<!-- ${name} -->`, `<!-- end of ${name} -->`]
  expect(text).toContain(start)
  const head = text.slice(0, text.indexOf(start) + start.length)
  return `${head}\n\n${lines}\n\n${text.slice(text.indexOf(end))}`
}
