/** Step `transport`: the error for a request without an answer, with the remedy. */
import { TransportUnreachableError } from '../errors.ts'
import { ProxyFailure } from './proxy-failure.ts'
import { reasonOf } from './reason-of.ts'
import { withoutOctets } from './without-octets.ts'

/** The error for a URL. Its cause is kept, without octets that may quote the token. */
export function unreachable(url: string, cause: unknown): TransportUnreachableError {
  const { origin } = new URL(url)
  const reason = cause instanceof ProxyFailure ? `: ${cause.message}` : reasonOf(cause, url)
  return new TransportUnreachableError(`no complete answer from ${origin}${reason}`, {
    cause: withoutOctets(cause),
  })
}
