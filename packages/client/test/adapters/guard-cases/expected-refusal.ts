/** The responses to refused requests, by their reason. */
import { realm, scope } from './valid-token.ts'

/** The expected response, except for the parts that every refusal has. */
export interface ExpectedRefusal {
  readonly status: number
  readonly challenge?: string
  /** The error code in the body. Without it the body is empty. */
  readonly error?: string
  readonly retryAfter?: string
  /** Whether the authorization server gets a request. */
  readonly asked: boolean
}

export const absent: ExpectedRefusal = { status: 401, challenge: `Bearer realm="${realm}"`, asked: false }
export const malformed: ExpectedRefusal = {
  status: 400,
  challenge: `Bearer realm="${realm}", error="invalid_request"`,
  error: 'invalid_request',
  asked: false,
}
export const invalid: ExpectedRefusal = {
  status: 401,
  challenge: `Bearer realm="${realm}", error="invalid_token"`,
  error: 'invalid_token',
  asked: true,
}
export const insufficient: ExpectedRefusal = {
  status: 403,
  challenge: `Bearer realm="${realm}", error="insufficient_scope", scope="${scope}"`,
  error: 'insufficient_scope',
  asked: true,
}
export const stepUp = (parameters: string): ExpectedRefusal => ({
  status: 401,
  challenge: `Bearer realm="${realm}", error="insufficient_user_authentication", ${parameters}`,
  error: 'insufficient_user_authentication',
  asked: true,
})
export const denied: ExpectedRefusal = { status: 403, error: 'access_denied', asked: true }
export const foreign: ExpectedRefusal = { ...denied, asked: false }
export const unavailable: ExpectedRefusal = { status: 503, error: 'temporarily_unavailable', asked: true }
export const serverError = (status: number): ExpectedRefusal => ({ status, error: 'server_error', asked: true })
