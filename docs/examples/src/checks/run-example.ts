/** Runs an example with an authorization server of its own, and compares results with expected values. */
import { clientSecretBasic, IntrospectionClient } from '@token-introspection/client'
import { findFreePort } from '../../../../packages/core/test/find-free-port.ts'
import { type AuthorizationServer, ORDERS_API, startAuthorizationServer } from '../demo/authorization-server.ts'
import type { Exchange } from '../demo/record-exchange.ts'
import { checkExample, type Expect } from './check-example.ts'
import { waitFor } from './wait-for.ts'

/** The tools of an example. */
export interface Example {
  readonly as: AuthorizationServer
  /** A client of that server. Its guards are for the orders API. */
  readonly introspection: IntrospectionClient
  /** The introspections so far, as they went over the wire. An example may empty the list. */
  readonly introspections: Exchange[]
  readonly expect: Expect
}

/** Runs an example. @returns 0 when every value was as expected, otherwise 1, for `process.exitCode`. */
export async function runExample(
  example: (parts: Example) => Promise<void>,
  print?: (text: string) => void,
): Promise<number> {
  const introspections: Exchange[] = []
  const as = await startAuthorizationServer(await findFreePort(), (exchange) => introspections.push(exchange))
  await using introspection = new IntrospectionClient({
    issuer: as.issuer,
    clientAuthentication: clientSecretBasic(ORDERS_API.id, ORDERS_API.secret),
    audience: ORDERS_API.audience,
    transport: { allowHttpOnLoopback: true },
    // Some examples stop the authorization server on purpose, so warnings would only disturb their output.
    onWarning: false,
  })
  // The first request loads the HTTP client, which on a busy machine takes longer than a request may.
  await waitFor(async () => (await introspection.check()).ok)
  introspections.length = 0
  const code = await checkExample((expect) => example({ as, introspection, introspections, expect }), print)
  await as.stop()
  return code
}
