/** Step `transport`: a token for questions about the endpoint itself. */
import { encodeBase64url } from '@token-introspection/core'
import type { IntrospectionQuestion } from './build-request.ts'

/**
 * A question about an invented token: 256 random bits, which no server has issued. Nobody else can make the endpoint fail
 * for it.
 */
export function askAboutMadeUpToken(tokenTypeHint?: IntrospectionQuestion['tokenTypeHint']): IntrospectionQuestion {
  const token = encodeBase64url(crypto.getRandomValues(new Uint8Array(32)))
  return { token, fingerprint: token, tokenTypeHint, parameters: undefined }
}
