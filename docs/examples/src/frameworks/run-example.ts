/** Runs an example against an authorization server of its own, and compares what comes out with what must. */
import { isDeepStrictEqual } from 'node:util'
import { clientSecretBasic, IntrospectionClient } from '@token-introspection/client'
import { type AuthorizationServer, ORDERS_API, startAuthorizationServer } from '../demo/authorization-server.ts'

/** What an example works with. */
export interface Example {
  readonly as: AuthorizationServer
  /** A client of that server, whose guards are for the orders API. */
  readonly introspection: IntrospectionClient
  /** Prints a line, and counts what differs. */
  readonly expect: (what: string, actual: unknown, expected: unknown) => void
}

/** Runs one. @returns 0 when everything was as it must be, for `process.exitCode`. */
export async function runExample(
  example: (parts: Example) => Promise<void>,
  print: (text: string) => void = (text) => console.log(text),
): Promise<number> {
  const as = await startAuthorizationServer(0, () => undefined)
  await using introspection = new IntrospectionClient({
    issuer: as.issuer,
    clientAuthentication: clientSecretBasic(ORDERS_API.id, ORDERS_API.secret),
    policy: { audience: ORDERS_API.audience },
    transport: { allowHttpOnLoopback: true },
    // Some examples take the authorization server down, and print what they check.
    onWarning: false,
  })
  const outcomes: boolean[] = []
  await example({
    as,
    introspection,
    expect(what, actual, expected) {
      const isRight = isDeepStrictEqual(actual, expected)
      outcomes.push(isRight)
      print(isRight ? `✔ ${what}` : `✘ ${what}: ${JSON.stringify(actual)} instead of ${JSON.stringify(expected)}`)
    },
  })
  await as.stop()
  const right = outcomes.filter(Boolean).length
  print(`${right} of ${outcomes.length} as they must be`)
  return outcomes.length > 0 && right === outcomes.length ? 0 : 1
}
