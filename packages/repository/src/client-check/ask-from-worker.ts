/** Runs the cases in workerd: all in one request, and some in several requests that share the client of their isolate. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { findFreePort } from '../../../core/test/find-free-port.ts'
import { startProcess } from '../mount-check/started-process.ts'
import { compareOutcomes } from './compare-outcomes.ts'
import { expectedOn } from './expected-outcomes.ts'
import { postJson } from './post-json.ts'
import type { KeptQuestion } from './program/in-worker.ts'
import type { SmokeServer } from './smoke-server.ts'

/** Bundles a module of a project to a file of the project, as one ES module for workerd. */
export type Bundle = (directory: string, entry: string, outfile: string) => void

const POST_MS = 10_000

/** Runs the cases in a project that has workerd, and reports every fault. */
export async function askFromWorker(
  binary: string,
  bundle: Bundle,
  directory: string,
  server: SmokeServer,
): Promise<string[]> {
  bundle(directory, 'program/in-worker.ts', 'client-worker.js')
  const port = await findFreePort()
  writeFileSync(join(directory, 'client.capnp'), config(port))
  const worker = await startProcess(join(directory, binary), ['serve', 'client.capnp'], directory, port, {})
  try {
    const url = `http://127.0.0.1:${port}`
    const expected = expectedOn('workerd')
    const titles = expected.map(({ title }) => title)
    const lines = await postJson(`${url}/`, { ...server.input, titles }, POST_MS)
    const found = [...compareOutcomes(lines, expected), ...(await askKept(url, server))]
    const complaints = worker.output().trim()
    return complaints === '' ? found : [...found, `writes ${complaints}`]
  } finally {
    await worker.stop()
  }
}

/** Sends requests in sequence or at once, and checks the answers from the client of their isolate. */
async function askKept(url: string, { input }: SmokeServer): Promise<string[]> {
  const problems: string[] = []
  const ask = async (token: string, abandon = false, path: KeptQuestion['path'] = '/moody'): Promise<unknown> => {
    const question: KeptQuestion = { input, path, token, abandon }
    return JSON.parse(await postJson(`${url}/kept`, question, POST_MS)) as unknown
  }
  const hold = async (title: string, asked: Promise<unknown>, expected: unknown): Promise<void> => {
    const found = await asked.catch((error: unknown) => String(error))
    if (isDeepStrictEqual(found, expected)) return
    problems.push(`${title}: ${JSON.stringify(found)}, not ${JSON.stringify(expected)}`)
  }
  const active = { active: true }
  await hold('the first request', ask('good-1'), active)
  await hold('a later request has its deadline', ask('hang-1'), 'ERR_TRANSPORT_TIMEOUT')
  await hold('a request after a timeout', ask('good-2'), active)
  await hold('two requests share a call', Promise.all([ask('slow-1'), ask('slow-1')]), [active, active])
  await ask('slow-2', true)
  await hold('a request joins a call that was abandoned', ask('slow-2'), active)
  await hold('a request after that', ask('slow-2'), active)
  await ask('good-3', true, '/slow')
  await hold('a request after a discovery that was abandoned', ask('good-4', false, '/slow'), active)
  return problems.map((problem) => `one client for many requests: ${problem}`)
}

function config(port: number): string {
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (
      modules = [(name = "worker.js", esModule = embed "client-worker.js")],
      compatibilityDate = "2026-10-01",
      globalOutbound = "loopback",
    )),
    (name = "loopback", network = (allow = ["127.0.0.0/8"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
);
`
}
