/** The client of a case, and the error of a call. */
import { clientSecretBasic, IntrospectionClient, type IntrospectionClientOptions } from '@token-introspection/client'
import type { SmokeAddresses, SmokeInput } from './smoke-input.ts'

/** The options that a case changes. */
export type Changes = Partial<IntrospectionClientOptions>

/** A client of the server, with the options that the case changes. */
export function createClient(input: SmokeAddresses, changes: Changes = {}): IntrospectionClient {
  return new IntrospectionClient({
    // Warnings would mix with the lines of the outcomes.
    onWarning: false,
    issuer: input.server,
    endpoint: `${input.server}/introspect`,
    clientAuthentication: clientSecretBasic('basic-api', input.clientSecret),
    ...changes,
    transport: { allowHttpOnLoopback: true, ...changes.transport },
  })
}

/** Uses a client, and closes it. */
export async function withClient<Outcome>(
  input: SmokeInput,
  changes: Changes,
  use: (client: IntrospectionClient) => Promise<Outcome>,
): Promise<Outcome> {
  const client = createClient(input, changes)
  try {
    return await use(client)
  } finally {
    await client.close()
  }
}

/** The code of the error that a promise rejects with, or the error's name, or the value of the promise. */
export async function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    return await promise
  } catch (error) {
    const { code, name } = error as { code?: string; name?: string }
    return code ?? name
  }
}
