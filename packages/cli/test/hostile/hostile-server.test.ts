/** The commands `doctor` and `inspect` against every scenario of the hostile authorization server: each ends, and says only what is harmless. */
import { startHostileAuthorizationServer, type HostileScenario } from '@token-introspection/testing/hostile'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { run } from '../../src/run.ts'
import { memorySurroundings } from '../memory-surroundings.ts'
import { CALLER } from '../servers/model-server.ts'
import { expectHarmless } from './harmless.ts'

const AUDIENCE = 'https://orders.example.com'

let as: Awaited<ReturnType<typeof startHostileAuthorizationServer>>
beforeAll(async () => {
  as = await startHostileAuthorizationServer({ audience: AUDIENCE })
})
afterAll(() => as.close())

/** Runs a command, and returns its exit code and the document that it printed. */
async function examine(command: string, scenario: HostileScenario, args: readonly string[]) {
  const surroundings = memorySurroundings({
    now: Date.now,
    files: { token: scenario.token },
    environment: { TOKEN_INTROSPECTION_CLIENT_ID: CALLER.id, TOKEN_INTROSPECTION_CLIENT_SECRET: CALLER.secret },
  })
  const where =
    scenario.asks === 'metadata'
      ? ['--issuer', as.issuerOf(scenario)]
      : ['--issuer', as.issuer, '--endpoint', as.endpoint]
  const all = [command, ...where, '--token-file', 'token', '--audience', AUDIENCE, '--json', ...args]
  const code = await run(all, surroundings)
  expectHarmless(surroundings.out() + surroundings.err(), [CALLER.secret])
  // The tokens are made of words. Those of metadata are in the issuer, too.
  if (scenario.asks !== 'metadata') expect(surroundings.out()).not.toContain(scenario.token)
  expect(surroundings.out().length).toBeLessThan(200_000)
  return { code, printed: JSON.parse(surroundings.out()) as Record<string, unknown> }
}

/** The metadata of this scenario are good, and name an endpoint at another origin. */
const ELSEWHERE = 'metadata-endpoint-elsewhere'

describe('doctor', () => {
  test('ends within its deadline and its requests, and lets in what is good', async () => {
    const wrong: unknown[] = []
    for (const scenario of as.scenarios) {
      as.clear()
      const { code, printed } = await examine('doctor', scenario, ['--deadline', '1'])
      if ((printed['requests'] as number) > 20 || as.requests.length > 20) wrong.push([scenario.name, 'requests'])
      const isGood = scenario.expected === 'accept' && scenario.asks === 'json'
      if (isGood && code !== 0) wrong.push([scenario.name, printed])
      if (scenario.name !== ELSEWHERE && as.strayRequests.length > 0) wrong.push([scenario.name, 'stray'])
    }
    expect(wrong).toEqual([])
  })
})

describe('inspect', () => {
  test('asks once, and lets in what is good, and nothing else', async () => {
    const wrong: unknown[] = []
    for (const scenario of as.scenarios.filter(({ asks }) => asks === 'json')) {
      as.clear()
      const { code } = await examine('inspect', scenario, ['--scope', 'orders:read', '--timeout', '1'])
      if ((code === 0) !== (scenario.expected === 'accept')) wrong.push([scenario.name, code])
      if (as.requests.length > 2) wrong.push([scenario.name, 'requests', as.requests.length])
      if (as.strayRequests.length > 0) wrong.push([scenario.name, 'stray'])
    }
    expect(wrong).toEqual([])
  })
})
