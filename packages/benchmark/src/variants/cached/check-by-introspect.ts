/** From an `Authorization` value to our answer, with the header handled as the yardstick does. */
import type { IntrospectionClient } from '@token-introspection/client'
import type { Checked } from '../../measure/hit-rounds.ts'

const NONE = Promise.resolve(undefined)

/** What a resource server without a guard writes into its route, whose own promise there is beside either way. */
export function checkByIntrospect(introspection: IntrospectionClient): (header: string) => Promise<Checked> {
  return (header) => (header.startsWith('Bearer ') ? introspection.introspect(header.slice(7)) : NONE)
}
