/** Step `token`: what can be an access token at all, judged before anyone is asked (RFC 6749 appendix A.12). */

const VSCHAR = /^[\x20-\x7e]+$/

/** Whether a string may be sent on: printable ASCII. Anything else is not active, unasked. */
export function isPresentable(token: string): boolean {
  return VSCHAR.test(token)
}
