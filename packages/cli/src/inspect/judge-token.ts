/** Lets a guard decide about the token, as it would in front of a resource server. */
import type { GuardOptions, IntrospectionClient, Refusal } from '@token-introspection/client'
import type { InspectFlags } from './inspect-options.ts'

/** What a guard decides. */
export type Judgement =
  | { readonly allowed: true; readonly policy: Policy }
  | { readonly allowed: false; readonly policy: Policy; readonly refusal: Refusal }

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
 * Asks the authorization server once, and decides.
 *
 * @throws TypeError for a policy that no guard takes.
 */
export async function judgeToken(client: IntrospectionClient, token: string, policy: Policy): Promise<Judgement> {
  const guard = client.guard(policy)
  // As a client would present it, without a proof. The guard says so when the token is bound to a key.
  const headers = new Headers({ authorization: `Bearer ${token}` })
  const decision = await guard({ method: 'GET', url: 'http://localhost/', headers })
  return decision.allowed ? { allowed: true, policy } : { allowed: false, policy, refusal: decision }
}
