/** The resource server's side of token introspection. */

// The client
export { IntrospectionClient, type IntrospectionWithLiveness } from './introspection-client.ts'
export type { EndpointCircuit, FeedStatistics, IntrospectionStatistics } from './events/statistics.ts'
export type { CheckFailed, CheckPassed, CheckResult, CheckSide, CheckStep } from './check.ts'
export type { IntrospectOptions } from './call-options.ts'
export type { IntrospectionClientOptions, LocalClientOptions } from './options.ts'
export type { TokenOptions, TokenSource } from './token/token-options.ts'
export type { JwtAliases, JwtMode, JwtOptions, JwtProfile, JwtRenames } from './jwt/jwt-options.ts'
export type { KeyManagementAlgorithm } from '@token-introspection/core'
export type { JwtResponseAlgorithm, JwtResponseOptions, JwtResponseProfile } from './response/jwt-response-options.ts'
export type { DecryptionKey } from './response/decryption-key.ts'
export type { ResponseOptions } from './response/response-options.ts'
export type { MemberAliases, MemberRenames, ToleranceOptions } from './response/tolerance-options.ts'
export type { InactiveReply } from './transport/read-reply.ts'
export type { LocalProvider, Provider } from './providers/provider.ts'
export type { Pem, TlsOptions } from './transport/tls-options.ts'
export type { MetadataOptions } from './transport/metadata/metadata-options.ts'
export type { CircuitBreakerOptions, OutageOptions } from './transport/outage/outage-options.ts'
export type { TransportOptions } from './transport/transport-options.ts'
export type { ActiveIntrospectionResult, IntrospectionResult } from './result/introspection-result.ts'

// Guards
export type { ClientGuard, Guard, GuardToken, OptionalClientGuard, OptionalGuard } from './guards/client-guard.ts'
export type { Allowance, Anonymity, GuardDecision, OptionalGuardDecision } from './result/guard-decision.ts'
export type {
  ClientPolicyOptions,
  CustomCheck,
  GuardOptions,
  OptionalGuardOptions,
  PolicyOptions,
  RequiredAuthorizationDetails,
  RequiredScope,
} from './policy/policy-options.ts'
export type { ScopeImplications } from './policy/scope-implications.ts'
export type { ConfirmationOptions } from './policy/confirmation/confirmation-options.ts'
export type { DpopNonceOptions, DpopOptions } from './policy/confirmation/dpop-options.ts'
export type { CookieOptions } from './token/cookie-options.ts'
export type { CertificateHeaderOptions } from './policy/confirmation/certificate-options.ts'
export {
  createMemoryReplayStore,
  type MemoryReplayStoreOptions,
  type ReplayStore,
} from '@token-introspection/core/replay'
export type { JudgedToken, TokenKind } from './policy/policy.ts'
export type { SenderConstraint } from './policy/confirmation/confirmation.ts'
export type { FormEntries, GuardRequest, RequestForm } from './token/guard-request.ts'
export { isPreflight } from './token/is-preflight.ts'
export type { InactiveReason } from './result/inactive.ts'
export { Refusal, type RefusalReason } from './result/refusal.ts'
export { withDecisionHeaders } from './result/with-decision-headers.ts'
export type {
  AudienceMismatch,
  AuthenticationMismatch,
  IssuerMismatch,
  Mismatch,
  ScopeMismatch,
  TokenKindMismatch,
} from './policy/mismatch.ts'

// Explanations
export type { ExplainOptions, ExplainSettings } from './explain/explain-options.ts'
export type {
  ExplainedCache,
  ExplainedError,
  ExplainedJwt,
  ExplainedPolicy,
  ExplainedRequirement,
  ExplainedResponse,
  ExplainedResult,
  ExplainedStep,
  ExplainedTime,
  ExplainedToken,
  ExplainedTransport,
  ExplainedValue,
  Explanation,
} from './explain/explanation.ts'
export type { StepOutcome } from '@token-introspection/core/explanation'

// Several authorization servers
export { combineIssuers } from './issuers/combine-issuers.ts'
export type { CombinedIssuers } from './issuers/combined-issuers.ts'
export type {
  IssuersAllowance,
  IssuersDecision,
  IssuersGuard,
  OptionalIssuersGuard,
} from './issuers/issuers-guard.ts'
export type {
  IssuerGuardOptions,
  IssuersExplainOptions,
  IssuersGuardOptions,
  IssuersWatchOptions,
  OptionalIssuersGuardOptions,
} from './issuers/issuers-guard-options.ts'
export type { IssuersCheck } from './issuers/check-issuers.ts'
export type {
  AnyClaims,
  ClaimsOf,
  CombineIssuersOptions,
  IssuerClients,
  IssuerName,
} from './issuers/issuers-options.ts'
export type { FoundIssuers, FoundIssuersStatistics, OfIssuer } from './issuers/found-issuers.ts'
export type {
  FoundAllowance,
  FoundIssuersGuard,
  OptionalFoundIssuersGuard,
} from './issuers/found-issuers-guard.ts'
export type { FindIssuer, FindIssuerCall, FindIssuersOptions, IssuerSettings } from './issuers/found-issuers-options.ts'

// Long-lived connections
export { WatchEnded, type WatchEndReason } from './watch/watch-ended.ts'
export type { PresentedTokenOf } from './guards/presented-by.ts'
export type { GuardWatchOptions, WatchRequest } from './guards/watch-by.ts'
export type { WatchOptions } from './watch/watch-options.ts'
export type { TokenWatchOptions, WatchPolicy } from './watch/watch-token.ts'
export { presentedToken } from './token/presented-token.ts'

// Metadata of the protected resource
export type { AcceptedTokens } from './guards/accepted-tokens.ts'
export {
  createProtectedResource,
  type GuardMaker,
  type MetadataResponse,
  type OptionalResourceGuardOptions,
  type ProtectedResource,
  type ResourceGuardOptions,
} from './protected-resource/create-protected-resource.ts'
export type { ProtectedResourceOptions } from './protected-resource/protected-resource-options.ts'

// Client authentication
export type {
  ClientAuthentication,
  ClientContext,
  CredentialRefusal,
  RequestDraft,
  SignableRequest,
} from './transport/client-authentication/client-authentication.ts'
export type { Findable } from './transport/client-authentication/authenticate-with-found-secret.ts'
export type {
  AssertionAudience,
  AssertionOptions,
  AssertionPreset,
  AssertionTyp,
} from './transport/client-authentication/assertion-options.ts'
export { bearerToken, bearerTokenProvider } from './transport/client-authentication/bearer-token.ts'
export {
  clientAttestation,
  type ClientAttestationOptions,
} from './transport/client-authentication/client-attestation.ts'
export {
  clientCredentials,
  type ClientCredentialsOptions,
} from './transport/client-authentication/client-credentials.ts'
export {
  clientSecretBasic,
  type ClientSecretBasicOptions,
} from './transport/client-authentication/client-secret-basic.ts'
export { clientSecretJwt, type ClientSecretJwtOptions } from './transport/client-authentication/client-secret-jwt.ts'
export { clientSecretPost } from './transport/client-authentication/client-secret-post.ts'
export {
  customClientAuthentication,
  type CustomClientAuthenticationOptions,
} from './transport/client-authentication/custom-client-authentication.ts'
export {
  dangerouslyNoClientAuthentication,
  type NoClientAuthenticationOptions,
} from './transport/client-authentication/dangerously-no-client-authentication.ts'
export {
  type AssertionAlgorithm,
  type AssertionSigner,
  privateKeyJwt,
  privateKeyJwtFromSigner,
  type PrivateKeyJwtOptions,
} from './transport/client-authentication/private-key-jwt.ts'
export type { PrivateKey } from './transport/client-authentication/key-signer.ts'
export {
  rotatingClientSecret,
  type RotatingClientSecretOptions,
} from './transport/client-authentication/rotating-client-secret.ts'
export {
  zitadelKeyFile,
  type ZitadelKeyFile,
} from './transport/client-authentication/zitadel-key-file.ts'
export { supportedClientAuthentication } from './transport/client-authentication/supported-client-authentication.ts'
export { selfSignedTlsClientAuth } from './transport/client-authentication/self-signed-tls-client-auth.ts'
export { tlsClientAuth } from './transport/client-authentication/tls-client-auth.ts'

// Cache
export type { CacheOptions } from './cache/cache-options.ts'
export type { CacheEntry, CacheStore } from './cache/cache-store.ts'
export type { MaybePromise } from '@token-introspection/core/maybe-promise'

// Seam transport.send
export type { Fetch } from './transport/fetch-send.ts'
export type { Cancellation } from './transport/cancellation.ts'
export type { Dispatcher, Send, TransportReply, TransportRequest } from './transport/transport.ts'

// Events
export type { CircuitState } from './transport/outage/circuit-breaker.ts'
export type {
  AnswerSource,
  AnswerUnusableEvent,
  AudienceDiffersEvent,
  CacheFailedEvent,
  CircuitChangedEvent,
  ClockDiffersEvent,
  FailedEvent,
  FeedChangedEvent,
  ForgottenEvent,
  GuardAllowedEvent,
  GuardedEvent,
  GuardRefusedEvent,
  IntrospectedEvent,
  IntrospectionClientEvent,
  JwtSampleInactiveEvent,
  JwtUnusableEvent,
  MembersUnreadableEvent,
  MetadataFailedEvent,
  OnEvent,
  ReportingClient,
} from './events/events.ts'
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
export type { ToldJwtFault } from './jwt/jwt-fault.ts'
export type { AnswerFault } from './response/answer-fault.ts'
export type { ClockEvidence, ClockReport } from './transport/server-clock.ts'

// Revocations
export type { FeedChange } from './revocations/follow-revocations.ts'
export type { Liveness, LivenessSource } from './revocations/liveness.ts'
export type {
  FollowerSurroundings,
  RevocationBound,
  RevocationConnection,
  RevocationFollower,
} from './revocations/revocation-follower.ts'

// Errors
export {
  CacheStoreError,
  IntrospectionError,
  IssuerLookupError,
  IssuerSettingsError,
  isIntrospectionError,
  JwtKeysUnavailableError,
  PolicyReplayStoreError,
  ResponseKeysUnavailableError,
  ResponseMalformedError,
  SecretUnavailableError,
  ResponseUntrustedError,
  RevocationSecretError,
  RevocationUnseenError,
  TokenTooLongError,
  type StatusDetails,
  TransportCircuitOpenError,
  TransportEndpointMissingError,
  TransportMethodUnsupportedError,
  TransportOverloadedError,
  TransportRateLimitedError,
  TransportStatusError,
  TransportTimeoutError,
  TransportUnauthorizedError,
  TransportUnreachableError,
  WatchOverloadedError,
} from './errors.ts'
