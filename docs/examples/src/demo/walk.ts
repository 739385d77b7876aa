/** Runs the walk and prints every exchange. */
import type { Api } from './api.ts'
import type { AuthorizationServer } from './authorization-server.ts'
import { checkExchange } from './check-exchange.ts'
import { type Exchange, toExchange } from './record-exchange.ts'
import type { Step } from './steps.ts'

/** The surroundings of a walk. */
export interface Walk {
  readonly as: AuthorizationServer
  readonly api: Api
  /** Introspections since the last step, oldest first. */
  readonly introspections: Exchange[]
  readonly print: (text: string) => void
}

/** Takes the steps one by one. @returns the number of steps with an unexpected result. */
export async function walk(steps: readonly Step[], { as, api, introspections, print }: Walk): Promise<number> {
  let failed = 0
  for (const [index, step] of steps.entries()) {
    const token = await step.prepare(as)
    introspections.length = 0
    const exchange = await request(api, step.method, token)
    const differences = checkExchange(exchange, step.expected)
    if (differences.length > 0) failed++
    print(`\n── ${index + 1}. ${step.title}\n`)
    print(indent('client → API', exchange.request))
    for (const introspection of introspections) {
      print(indent('  API → authorization server', introspection.request))
      print(indent('  API ← authorization server', introspection.response))
    }
    print(indent('client ← API', exchange.response))
    print(differences.length === 0 ? '   ✔ as expected' : `   ✘ ${differences.join('; ')}`)
  }
  return failed
}

async function request(api: Api, method: string, token: string | undefined): Promise<Exchange> {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const response = await fetch(`${api.origin}/orders`, { method, headers })
  return toExchange(
    { line: `${method} /orders`, headers, body: '' },
    { status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() },
  )
}

function indent(label: string, text: string): string {
  const lines = text.split('\n').map((line) => `     ${line}`.trimEnd())
  return `   ${label}\n${lines.join('\n')}\n`
}
