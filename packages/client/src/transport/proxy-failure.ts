/** Step `transport`: a proxy that let no request pass. */
import { reasonOf } from './reason-of.ts'

/** What an operator does about a status of a proxy. */
const ADVICE: Readonly<Record<number, string>> = {
  403: 'it does not allow this host: check its rules',
  407: 'it wants other credentials: put them into its URL, before the host',
  502: 'it could not reach the host',
  503: 'it could not reach the host',
  504: 'it could not reach the host in time',
}

/** A proxy that could not be reached, or that refused to pass a request on. */
export class ProxyFailure extends Error {
  /**
   * @param proxy - its URL. Only the origin is shown, because the URL may hold credentials.
   * @param failure - the status of its answer, or the error without an answer.
   */
  constructor(proxy: string, failure: { readonly status: number } | { readonly cause: unknown }) {
    const told = 'status' in failure ? toldByStatus(failure.status) : `cannot be reached${reasonOf(failure.cause)}`
    super(`the proxy ${new URL(proxy).origin} ${told}`, 'cause' in failure ? { cause: failure.cause } : undefined)
  }
}

function toldByStatus(status: number): string {
  const advice = ADVICE[status]
  return advice === undefined ? `answered ${status}` : `answered ${status}, ${advice}`
}
