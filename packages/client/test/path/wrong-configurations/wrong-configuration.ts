/** A wrong configuration, and options that work but for one change. */
import {
  clientSecretBasic,
  type GuardOptions,
  IntrospectionClient,
  type IntrospectionClientOptions,
} from '@token-introspection/client'
import { AUDIENCE, type Place } from './place.ts'

/** What the client or its guard tells the operator. */
type Tell = (place: Place) => unknown

/** A wrong configuration, and the parts of its message: the cause, the place, the remedy and, of coded errors, the code. */
export type WrongConfiguration = readonly [name: string, tell: Tell, parts: readonly (string | RegExp)[]]

/** Options that work, with changes. */
export function tell(
  changes: (place: Place) => { readonly [option: string]: unknown },
  guard: GuardOptions = { scope: 'orders:read' },
): Tell {
  return async (place) => {
    const options = {
      issuer: `${place.http}/realms/main`,
      clientAuthentication: clientSecretBasic('orders-api', 's3cr3t'),
      audience: AUDIENCE,
      // A busy machine may take longer than three seconds for a request.
      transport: { allowHttpOnLoopback: true, deadlineMs: 60_000 },
      onWarning: false,
      ...changes(place),
    }
    await using client = new IntrospectionClient(options as unknown as IntrospectionClientOptions)
    const decision = await client.guard(guard)({ headers: new Headers({ authorization: 'Bearer good' }) })
    return decision.allowed ? 'allowed' : decision.detail
  }
}

/** A value of a type that the compiler would refuse. */
export const any = (value: unknown): never => value as never
