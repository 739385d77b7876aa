/** The resource server's side of token introspection. */

// The client
export { IntrospectionClient } from './introspection-client.ts'
export type { IntrospectOptions } from './introspect.ts'
export type { GuardOptions, IntrospectionClientOptions, PolicyOptions, TokenOptions } from './options.ts'
export type { ResponseOptions } from './response/response-options.ts'
export type { TransportOptions } from './transport/transport-options.ts'
export type { ActiveIntrospectionResult, IntrospectionResult } from './result/introspection-result.ts'

// Guards
export type { Allowance, Guard, GuardDecision } from './guard.ts'
export type { GuardRequest } from './token/extract-token.ts'
export { Refusal, type RefusalReason } from './result/refusal.ts'

// Client authentication
export type { ClientAuthentication, RequestDraft } from './transport/client-authentication/client-authentication.ts'
export {
  clientSecretBasic,
  type ClientSecretBasicOptions,
} from './transport/client-authentication/client-secret-basic.ts'
export { clientSecretPost } from './transport/client-authentication/client-secret-post.ts'

// Seam transport.send
export type { Fetch } from './transport/fetch-send.ts'
export type { Cancellation } from './transport/deadline.ts'
export type { Send, TransportReply, TransportRequest } from './transport/transport.ts'

// Events
export type { FailedEvent, IntrospectedEvent, IntrospectionClientEvent, OnEvent } from './events.ts'

// Errors
export {
  IntrospectionError,
  isIntrospectionError,
  ResponseMalformedError,
  ResponseUntrustedError,
  type StatusDetails,
  TransportEndpointMissingError,
  TransportStatusError,
  TransportTimeoutError,
  TransportUnauthorizedError,
  TransportUnreachableError,
} from './errors.ts'
