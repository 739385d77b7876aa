/** The answers of a gateway handler, in the form that each gateway takes. */
import type { Refusal } from '../../index.ts'
import type { Gateway } from './gateway-options.ts'

/** An answer as plain data. */
export interface GatewayAnswer {
  readonly status: number
  /** Header fields by lower-case name. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/**
 * The request passes: 200, the one status that every gateway takes for this. Envoy gets the names of empty identity fields
 * in a field of its own, and removes them; others overwrite them.
 *
 * @param headers - the fields that the guard adds to a response, such as `dpop-nonce`.
 */
export function answerAllowed(
  identity: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>>,
  gateway: Gateway,
): GatewayAnswer {
  // Nobody may keep this answer, whatever the guard says about the response of the API.
  const base = { ...headers, 'cache-control': 'no-store' }
  if (gateway !== 'envoy') return { status: 200, headers: { ...base, ...identity }, body: '' }
  const entries = Object.entries(identity)
  const removed = entries.filter(([, value]) => value === '').map(([name]) => name)
  return {
    status: 200,
    headers: {
      ...base,
      ...Object.fromEntries(entries.filter(([, value]) => value !== '')),
      ...(removed.length > 0 && { 'x-envoy-auth-headers-to-remove': removed.join(',') }),
    },
    body: '',
  }
}

/** The guard refuses the request. */
export function answerRefused(
  { status, headers, body }: Pick<Refusal, 'status' | 'headers' | 'body'>,
  gateway: Gateway,
): GatewayAnswer {
  return { status: gateway === 'nginx' ? statusForNginx(status, headers) : status, headers, body }
}

/**
 * nginx sends 500 for every status but 401 and 403, so a mistake of the sender becomes one of these two: 401 with a challenge,
 * else 403. An outage stays an outage.
 */
function statusForNginx(status: number, headers: Readonly<Record<string, string>>): number {
  if (status >= 500 || status === 401 || status === 403) return status
  return 'www-authenticate' in headers ? 401 : 403
}

const PLAIN = Object.freeze({ 'content-type': 'application/json', 'cache-control': 'no-store' })

/** The handler itself refuses, or fails. */
export function answerPlainly(status: 400 | 403 | 500, error: string, gateway: Gateway): GatewayAnswer {
  return answerRefused({ status, headers: PLAIN, body: JSON.stringify({ error }) }, gateway)
}
