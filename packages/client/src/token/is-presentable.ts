/** Step `token`: whether a string can be an access token at all, before any request (RFC 6749 appendix A.12). */

const VSCHAR = /^[\x20-\x7e]+$/

/** Whether a token may be sent: printable ASCII. Any other token is inactive without a request. */
export function isPresentable(token: string): boolean {
  return VSCHAR.test(token)
}
