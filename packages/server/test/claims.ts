/** Extension claims of the tests, as a Standard Schema. */
import type { ClaimsSchema } from '@token-introspection/core'

/** The extension claims of a record. */
export interface Claims {
  readonly tenant: string
}

/** Accepts claims with a `tenant` and returns it in lower case, together with the members of `more`. */
export function claimsSchema(more: object = {}): ClaimsSchema<Claims> {
  return {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate(value) {
        const { tenant } = value as { tenant?: unknown }
        if (typeof tenant === 'string') return { value: { tenant: tenant.toLowerCase(), ...more } }
        return { issues: [{ message: `not a tenant: ${String(tenant)}`, path: ['tenant'] }] }
      },
    },
  }
}
