/** The authorization server's side of token introspection. */

// The endpoint
export { createIntrospectionHandler, type IntrospectionHandler } from './create-introspection-handler.ts'
export type { CheckFailed, CheckPassed, CheckResult, CheckSide, CheckStep } from './check.ts'
export type { InProcessRequest } from './in-process/introspect-in-process.ts'
export type { ExplainedStep, Explanation } from './in-process/explain-introspection.ts'
export type {
  EndpointLocation,
  IntrospectionMetadata,
  RevocationFeedMetadata,
  RevocationMetadata,
} from './metadata.ts'
export type {
  BodyReceiver,
  HttpHandler,
  HttpRequest,
  HttpResponse,
  PeerCertificate,
  RequestBody,
  StreamedBody,
} from './http/http-message.ts'
export type { IntrospectionHandlerOptions } from './options.ts'

// The revocation endpoint
export { createRevocationHandler, type RevocationHandler } from './create-revocation-handler.ts'
export type {
  RevocationClientAuthenticationOptions,
  RevocationHandlerOptions,
  RevocationLookupOptions,
  RevocationOptions,
} from './revocation-options.ts'

// Client authentication for endpoints of your own
export {
  type ClientAuthenticator,
  createClientAuthenticator,
  type RefusedWebRequest,
} from './create-client-authenticator.ts'
export type { AuthenticatedRequest, RefusedRequest } from './authenticate-request.ts'
export type { ClientAuthenticatorOptions } from './client-authenticator-options.ts'

// The revocation feed
export { createRevocationFeedHandler, type RevocationFeedHandler } from './create-revocation-feed-handler.ts'
export type { RevocationFeedHandlerOptions } from './revocation-feed-options.ts'
export type { FeedOptions } from './feed/feed-options.ts'
export type { StreamEnd } from './feed/open-stream.ts'

// Step request
export type { IntrospectionRequestOptions, RequestOptions } from './request/request-options.ts'

// Step clientAuthentication
export type {
  ClientAuthenticationMethodOptions,
  ClientAuthenticationOptions,
} from './client-authentication/client-authentication-options.ts'
export type { CallerMethod, ClientAuthenticationMethod } from './client-authentication/client-authentication-method.ts'
export type { FindOAuthClient, OAuthClient } from './client-authentication/oauth-client.ts'
export type { FindProtectedResource, ProtectedResource } from './client-authentication/protected-resource.ts'

// Step clientAuthentication, method by method
export type { ClientSecret, ExpiringSecret, FindClientSecrets } from './client-authentication/client-secret.ts'
export type { AcceptedBasicEncoding } from './client-authentication/client-secret-basic.ts'
export type { VerifySecret } from './client-authentication/verify-hashed-secret.ts'
export type { AssertionOptions } from './client-authentication/assertion-options.ts'
export type {
  AttestationChallenges,
  AttestationOptions,
  ClientAttester,
} from './client-authentication/attestation/attestation-options.ts'
export type { FetchJwks, FetchJwksInit } from './keys/create-jwks-loader.ts'
export {
  createMemoryReplayStore,
  type MemoryReplayStoreOptions,
  type ReplayStore,
} from '@token-introspection/core/replay'
export type { TlsClientAuth } from './client-authentication/tls-client-auth.ts'
export { certificateFromSocket, type ClientCertificateResolver } from './client-authentication/client-certificate.ts'
export {
  type CertificateFieldOptions,
  certificateFromHeader,
  type CertificateFromHeaderOptions,
  type CertificateHeaderFormat,
} from './client-authentication/certificate-from-header.ts'
export type { AccessTokenOptions } from './client-authentication/access-token-options.ts'
export type { CallerAccessToken, FindCallerAccessToken } from './client-authentication/access-token.ts'
export type { AuthenticateCustom } from './client-authentication/authenticate-client.ts'
export type { ReceivedRequest } from './request/read-request.ts'

// Step limits
export type { LimitsOptions } from './limits/limits-options.ts'
export { createMemoryLimiter, type LimitExceeded, type Limiter, type MemoryLimiterOptions } from './limits/limiter.ts'

// Step lookup: tokens and where they are kept
export type { IsActive, IsMinted } from './lookup/find-token.ts'
export type { LookupOptions } from './lookup/lookup-options.ts'
export type { TokenLookup } from './stores/token-lookup.ts'
export type { TokenKind, TokenResolver } from './lookup/token-resolver.ts'
export { createStoreResolver, type StoreResolverOptions } from './lookup/store-resolver.ts'
export { createJwtResolver, type JwtResolverOptions } from './lookup/jwt-resolver.ts'
export { createRemoteResolver, type RemoteResolverOptions } from './lookup/remote-resolver.ts'
export type { TokenRecord } from './stores/token-record.ts'
export type { RevocationLogOptions } from './stores/revocation-log-options.ts'
export type { TokenStoreOptions } from './stores/token-store-options.ts'
export {
  type ConsumingTokenStore,
  digestToken,
  type ListableTokenStore,
  type ListedToken,
  type ReceiptedTokenStore,
  type RevocableTokenStore,
  type TokenOwner,
  type TokenPage,
  type TokenPageQuery,
  type TokenStore,
  type WritableTokenStore,
} from './stores/token-store.ts'
export {
  createMemoryTokenStore,
  type MemoryTokenStore,
  type MemoryTokenStoreOptions,
} from './stores/memory/memory-token-store.ts'
export { validateConsumption, validateRevocation, validateTokenRecord } from './stores/validate-token-record.ts'
export { revocationDigests, tombstoneDigests } from './stores/revocation-digests.ts'
export { toTombstone } from './stores/to-tombstone.ts'
export type { RevocationLog, RevocationReceipt } from './stores/revocation-log.ts'
export { createTokenMint, type MintKeys, type TokenMint, type TokenMintOptions } from './lookup/token-mint.ts'

// Step authorization
export type { AuthorizationOptions, WithoutAudience } from './authorization/authorization-options.ts'
export type { DisclosureRequest } from './authorization/disclosure-request.ts'
export { audienceOrOwner, type DisclosurePolicy, type InactiveReason } from './authorization/authorize-disclosure.ts'
export { type DisclosureView, STATUS_ONLY } from './authorization/disclosure-view.ts'

// Step response
export type { JwtResponseOptions, JwtResponseProfile } from './response/jwt-response-options.ts'
export type { IntrospectionResponseOptions, ResponseOptions } from './response/response-options.ts'
export type { ResponseEncryptionAlg, ResponseEncryptionEnc } from './response/encryption-key.ts'
export type { ResponseSigningAlg } from './response/signing-algorithms.ts'
export type { SigningKey, SigningKeyMaterial } from './response/signing-key.ts'

// Events
export type {
  BasicReadEvent,
  FollowedEvent,
  IntrospectedEvent,
  IntrospectionHandlerEvent,
  OnEvent,
  RefusedEvent,
  RevocationFeedEvent,
  ClientAuthenticatorEvent,
  RevocationHandlerEvent,
  RevokedEvent,
  UnexpectedEvent,
} from './events/events.ts'
export type { Warn, WarningCode, WarningEvent } from './events/warning.ts'
export { logEvents } from './events/log-events.ts'
export type {
  EventLogger,
  LevelFirstLogger,
  LogEventsOptions,
  LoggerShape,
  LogLevel,
  MembersFirstLogger,
  MessageFirstLogger,
} from '@token-introspection/core/logging'
export type { OnWarning, Warning } from '@token-introspection/core'

// Errors, as events carry them and adapters throw them
export {
  AuthorizationPolicyError,
  AuthorizationTokenOwnerError,
  type BodyErrorOptions,
  ClientAuthenticationBusyError,
  ClientAuthenticationChallengeError,
  ClientAuthenticationFailedError,
  ClientAuthenticationKeysError,
  ClientAuthenticationMissingError,
  ClientAuthenticationRegistrationError,
  ClientAuthenticationRegistryError,
  ClientAuthenticationReplayStoreError,
  ClientAuthenticationScopeError,
  ClientAuthenticationTokenError,
  type CredentialErrorOptions,
  FeedClosedError,
  FeedFollowersError,
  FeedLogError,
  IntrospectionError,
  isIntrospectionError,
  LimitsExceededError,
  LimitsLimiterError,
  LookupStoreError,
  RequestBodyUnavailableError,
  RequestInvalidError,
  RequestMediaTypeError,
  RequestMethodError,
  RequestNotAcceptableError,
  RequestTooLargeError,
  ResponseEncryptionError,
  ResponseKeysUnavailableError,
  ResponseShapeError,
  ResponseSigningError,
  RevocationStoreError,
  SecretUnavailableError,
} from './errors.ts'

// Types for adapters
export { type Complaint, Form } from '@token-introspection/core'
