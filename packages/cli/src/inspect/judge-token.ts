/** Lets a guard decide about the token, as it would in front of a resource server. */
import type { Explanation, GuardOptions, IntrospectionClient } from '@token-introspection/client'
import type { InspectFlags } from './inspect-options.ts'

/** What a guard decides, and what each of its steps saw. */
export interface Judgement {
  readonly policy: Policy
  readonly explanation: Explanation
}

/** What the guard requires. */
export type Policy = Pick<GuardOptions, 'audience' | 'scope' | 'issuer' | 'acrValues'> & {
  readonly maxAuthenticationAgeSeconds?: number
}

/** The policy of the command line. Without `--audience` the guard does not look at the audience. */
export function policyOf({ audience, scope, tokenIssuer, acr, maxAge }: InspectFlags): Policy {
  return {
    audience: audience ?? false,
    ...(scope !== undefined && { scope }),
    ...(tokenIssuer !== undefined && { issuer: tokenIssuer }),
    ...(acr !== undefined && { acrValues: acr }),
    ...(maxAge !== undefined && { maxAuthenticationAgeSeconds: maxAge }),
  }
}

/**
 * Asks the authorization server once, and decides. A token that is bound to a key is refused, because there is no proof of the key here.
 *
 * @throws TypeError for a policy that no guard takes.
 */
export async function judgeToken(client: IntrospectionClient, token: string, policy: Policy): Promise<Judgement> {
  return { policy, explanation: await client.explain(token, policy) }
}
