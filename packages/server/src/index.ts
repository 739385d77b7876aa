/** The authorization server's side of token introspection. */

// The endpoint
export { createIntrospectionHandler, type IntrospectionHandler } from './create-introspection-handler.ts'
export type { HttpRequest, HttpResponse, RequestBody } from './http-message.ts'
export type {
  AuthorizationOptions,
  ClientAuthenticationOptions,
  IntrospectionHandlerOptions,
  LookupOptions,
  RequestOptions,
  ResponseOptions,
} from './options.ts'

// The revocation endpoint
export { createRevocationHandler, type RevocationHandler } from './create-revocation-handler.ts'
export type {
  RevocationClientAuthenticationOptions,
  RevocationHandlerOptions,
  RevocationLookupOptions,
  RevocationOptions,
} from './revocation-options.ts'

// Step clientAuthentication
export type { ClientAuthenticationMethod } from './client-authentication/authenticate-client.ts'
export type { AcceptedBasicEncoding } from './client-authentication/client-secret-basic.ts'
export type { FindOAuthClient, OAuthClient } from './client-authentication/oauth-client.ts'
export type { FindProtectedResource, ProtectedResource } from './client-authentication/protected-resource.ts'

// Step lookup: tokens and where they are kept
export type { TokenRecord } from './lookup/token-record.ts'
export {
  digestToken,
  type RevocableTokenStore,
  type TokenStore,
  type WritableTokenStore,
} from './lookup/token-store.ts'
export {
  createMemoryTokenStore,
  type MemoryTokenStore,
  type MemoryTokenStoreOptions,
} from './lookup/memory-token-store.ts'
export { validateRevocation, validateTokenRecord } from './lookup/validate-token-record.ts'

// Step authorization
export { audienceOrOwner, type DisclosurePolicy } from './authorization/authorize-disclosure.ts'

// Events
export type {
  IntrospectedEvent,
  IntrospectionHandlerEvent,
  OnEvent,
  RefusedEvent,
  RevocationHandlerEvent,
  RevokedEvent,
  UnexpectedEvent,
} from './events.ts'

// Errors, as events carry them and adapters throw them
export {
  AuthorizationPolicyError,
  AuthorizationTokenOwnerError,
  ClientAuthenticationFailedError,
  ClientAuthenticationRegistryError,
  IntrospectionError,
  isIntrospectionError,
  LookupStoreError,
  RequestBodyUnavailableError,
  RequestInvalidError,
  RequestMediaTypeError,
  RequestMethodError,
  RequestNotAcceptableError,
  RequestTooLargeError,
  ResponseShapeError,
  RevocationStoreError,
} from './errors.ts'

// What adapters hand over
export { Form } from '@token-introspection/core'
