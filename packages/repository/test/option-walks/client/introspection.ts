/** A client whose methods the walks call, and its guard. */
import { IntrospectionClient } from '@token-introspection/client'
import { audience, issuer } from '../shared-values.ts'
import { basic } from './client-options.ts'

export const introspection = new IntrospectionClient({
  revocations: { bound: 'proven', connect: () => ({ ask: () => new Promise(() => undefined) }) },
  issuer,
  endpoint: `${issuer}/introspect`,
  clientAuthentication: basic,
  transport: { fetch: () => Promise.resolve(Response.json({ active: false })) },
  policy: { audience, dpop: { origin: audience } },
})
export const guard = introspection.guard()
