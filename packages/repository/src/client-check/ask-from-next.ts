/** Runs the cases in a route handler of Next, and asks the route of the guide, whose secret is there only when Next runs. */
import { isDeepStrictEqual } from 'node:util'
import { SECRET, TOKEN } from '../mount-check/endpoint.ts'
import { freePort, type StartedProcess } from '../mount-check/started-process.ts'
import { compareOutcomes } from './compare-outcomes.ts'
import { expectedOn } from './expected-outcomes.ts'
import { postJson } from './post-json.ts'
import type { SmokeServer } from './smoke-server.ts'

/** Starts the built application on a port. */
export type Start = (port: number, environment: Readonly<Record<string, string>>) => Promise<StartedProcess>

const RUN_MS = 30_000

/** Runs the cases, and reports every fault. */
export async function askFromNext(start: Start, { input }: SmokeServer): Promise<string[]> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const app = await start(port, { ORDERS_API_SECRET: SECRET, INTROSPECTION_ENDPOINT: `${url}/introspect` })
  try {
    const expected = expectedOn('node')
    const titles = expected.map(({ title }) => title)
    const lines = await postJson(`${url}/client`, { ...input, titles }, RUN_MS)
    return [...compareOutcomes(lines, expected), ...(await askOrders(url))]
  } finally {
    await app.stop()
  }
}

async function askOrders(url: string): Promise<string[]> {
  const get = async (token: string): Promise<unknown> => {
    const response = await fetch(`${url}/orders`, { headers: { authorization: `Bearer ${token}` } })
    return [response.status, await response.text()]
  }
  const found = [await get(TOKEN), await get('unknown')]
  const expected = [
    [200, '{"orders":[],"for":"alice"}'],
    [401, '{"error":"invalid_token"}'],
  ]
  return isDeepStrictEqual(found, expected) ? [] : [`the route of the guide: ${JSON.stringify(found)}`]
}
