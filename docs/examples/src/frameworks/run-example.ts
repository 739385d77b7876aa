/** Runs an example against an authorization server of its own, and compares results with expected values. */
import { isDeepStrictEqual } from 'node:util'
import { clientSecretBasic, IntrospectionClient } from '@token-introspection/client'
import { type AuthorizationServer, ORDERS_API, startAuthorizationServer } from '../demo/authorization-server.ts'

/** The tools of an example. */
export interface Example {
  readonly as: AuthorizationServer
  /** A client of that server. Its guards are for the orders API. */
  readonly introspection: IntrospectionClient
  /** Compares two values and prints a line. */
  readonly expect: (what: string, actual: unknown, expected: unknown) => void
}

/** Runs an example. @returns 0 when every value was as expected, otherwise 1, for `process.exitCode`. */
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
    // Some examples stop the authorization server on purpose, so warnings would only disturb their output.
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
  print(`${right} of ${outcomes.length} as expected`)
  return outcomes.length > 0 && right === outcomes.length ? 0 : 1
}
