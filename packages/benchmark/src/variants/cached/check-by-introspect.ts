/** From an `Authorization` value to our answer, with the header handled as in the yardstick. */
import type { IntrospectionClient } from '@token-introspection/client'
import type { Checked } from '../../measure/hit-rounds.ts'

const NONE = Promise.resolve(undefined)

/** The code that a resource server without a guard writes into its route. The promise of the route itself comes on top. */
export function checkByIntrospect(introspection: IntrospectionClient): (header: string) => Promise<Checked> {
  return (header) => (header.startsWith('Bearer ') ? introspection.introspect(header.slice(7)) : NONE)
}
