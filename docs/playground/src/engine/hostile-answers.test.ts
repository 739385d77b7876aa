import { startHostileAuthorizationServer } from '@token-introspection/testing/hostile'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { HOSTILE_ANSWERS, type HostileFault } from './hostile-answers.ts'
import { ISSUER, ORDERS_API, SCOPES } from './parties.ts'

const NOW = 1_764_000_000
let as: Awaited<ReturnType<typeof startHostileAuthorizationServer>>

beforeAll(async () => {
  const options = { issuer: ISSUER, audience: ORDERS_API.audience, scope: SCOPES.read, now: () => NOW * 1000 }
  as = await startHostileAuthorizationServer(options)
})
afterAll(() => as.close())

test.each(Object.keys(HOSTILE_ANSWERS) as HostileFault[])('%s is the answer of the testing kit', async (fault) => {
  const { scenario: name, respond } = HOSTILE_ANSWERS[fault]
  const scenario = as.scenarios.find((each) => each.name === name)
  const token = scenario?.token ?? ''
  const facts = { token, issuer: ISSUER, audience: ORDERS_API.audience, scope: SCOPES.read, now: NOW }
  const asked = { method: 'POST', body: new URLSearchParams({ token }), redirect: 'manual' } as const
  const [expected, own] = [await fetch(as.endpoint, asked), respond(facts)]
  expect(scenario?.expected).not.toBe('accept')
  expect(own.status).toBe(expected.status)
  expect(own.headers.get('content-type')).toBe(expected.headers.get('content-type'))
  expect(own.headers.has('location')).toBe(expected.headers.has('location'))
  expect(await own.text()).toBe(await expected.text())
})
