/** Runs the cases in a route handler of Next, and asks the routes of the guide. */
import { findFreePort } from '../../../core/test/find-free-port.ts'
import type { StartedProcess } from '../mount-check/started-process.ts'
import { askGuardedRoute, guardedEnvironment } from './ask-guarded-route.ts'
import { compareOutcomes } from './compare-outcomes.ts'
import { expectedOn } from './expected-outcomes.ts'
import { postJson } from './post-json.ts'
import type { SmokeServer } from './smoke-server.ts'

/** Starts the built application on a port. */
export type Start = (port: number, environment: Readonly<Record<string, string>>) => Promise<StartedProcess>

const RUN_MS = 30_000

/** Runs the cases, and reports every fault. */
export async function askFromNext(start: Start, { input }: SmokeServer): Promise<string[]> {
  const port = await findFreePort()
  const url = `http://127.0.0.1:${port}`
  const app = await start(port, guardedEnvironment(port))
  try {
    const expected = expectedOn('node')
    const titles = expected.map(({ title }) => title)
    const lines = await postJson(`${url}/client`, { ...input, titles }, RUN_MS)
    const routes = ['/orders', '/api/orders'].map((path) => askGuardedRoute(port, path))
    return [...compareOutcomes(lines, expected), ...(await Promise.all(routes)).flat()]
  } finally {
    await app.stop()
  }
}
