/** Creates the client of an issuer that was found at run time. */
import { copyOptions } from '@token-introspection/core/options'
import { IntrospectionClient, partsOf } from '../introspection-client.ts'
import { describeSources } from './describe-sources.ts'
import type { FoundIssuer } from './found-issuer.ts'
import type { IssuerSettings, ResolvedFindIssuers } from './found-issuers-options.ts'

/** @throws TypeError that names the setting that is unknown, missing or wrong. */
export function createFoundClient(
  settings: IssuerSettings,
  { shared, sources, nowMs }: ResolvedFindIssuers,
): Pick<FoundIssuer, 'client' | 'parts'> {
  const { audience, policy, token, onEvent } = shared
  const own = copyOptions('settings', settings)
  const ownPolicy = copyOptions('policy', own.policy)
  const client = new IntrospectionClient({
    ...own,
    audience: own.audience ?? (ownPolicy.audience === undefined ? audience : undefined),
    policy: { ...policy, ...ownPolicy },
    token: { ...token, ...copyOptions('token', own.token) },
    onEvent: own.onEvent ?? onEvent,
    now: own.now ?? nowMs,
  })
  const parts = partsOf(client)
  if (parts.acceptedIssuers === undefined) {
    throw new TypeError('issuer: is required, or response.acceptedIssuers, beside other issuers')
  }
  if (describeSources(parts.guarding.sources) !== describeSources(sources)) {
    throw new TypeError('token: where guards read tokens is an option of combineIssuers, for all issuers')
  }
  return { client, parts }
}
