/** Messages, values and header grammars of token introspection. No I/O, no clock, no state. */

// Errors
export {
  IntrospectionError,
  isIntrospectionError,
  messageOf,
  RequestInvalidError,
  ResponseMalformedError,
  SecretUnavailableError,
} from './errors.ts'

// Messages: what travels on the wire
export {
  encodeIntrospectionRequest,
  type IntrospectionRequest,
  type IntrospectionRequestParameters,
  parseIntrospectionRequest,
} from './messages/introspection-request.ts'
export {
  type ActiveIntrospectionResponse,
  activeIntrospectionResponseSchema,
  INACTIVE,
  type InactiveIntrospectionResponse,
  type IntrospectionResponse,
  parseIntrospectionResponse,
  readIntrospectionResponse,
  REGISTERED_MEMBERS,
  type RegisteredMembers,
} from './messages/introspection-response.ts'
export { type ClaimsSchema, extensionClaims, validateExtensionClaims } from './messages/extension-claims.ts'
export {
  isJwtIntrospectionTyp,
  JWT_INTROSPECTION_TYP,
  type JwtIntrospectionResponse,
  parseJwtIntrospectionClaims,
} from './messages/jwt-introspection-response.ts'
export {
  buildErrorResponse,
  type ErrorResponse,
  isErrorText,
  parseErrorResponse,
} from './messages/error-response.ts'
export {
  type AuthorizationServerMetadata,
  authorizationServerMetadataSchema,
  parseAuthorizationServerMetadata,
} from './messages/server-metadata.ts'
export {
  type ProtectedResourceMetadata,
  parseProtectedResourceMetadata,
  protectedResourceMetadataSchema,
} from './messages/protected-resource-metadata.ts'

// Values: the grammars inside messages
export { type Audience, audienceIntersects, audienceSchema, toAudienceList } from './values/audience.ts'
export { isBoundedKey, MAX_RSA_BITS } from './values/bounded-key.ts'
export { formatScope, isScope, isScopeToken, parseScope, scopeIncludes } from './values/scope.ts'
export {
  isNumericDate,
  NUMERIC_DATE_LIMIT,
  numericDateSchema,
  toNumericDate,
  withWholeDates,
} from './values/numeric-date.ts'
export {
  type Confirmation,
  confirmationSchema,
  isSha256Thumbprint,
  isVerifiableConfirmation,
  type VerifiableConfirmation,
} from './values/confirmation.ts'
export {
  isRegisteredTokenTypeHint,
  REGISTERED_TOKEN_TYPE_HINTS,
  type TokenTypeHint,
} from './values/token-type-hint.ts'
export {
  describeTokenKindFault,
  isAccessToken,
  readTokenKind,
  readTokenTypes,
  type SaidTokenKind,
  saidTokenKind,
  type TokenKindFault,
  tokenKindFault,
  type TokenKindRule,
  type TokenKindWords,
} from './values/token-kind.ts'
export { type Actor, actorChain, actorSchema, MAX_ACTOR_DEPTH, type MayAct, mayActSchema } from './values/actor.ts'
export {
  type AuthorizationDetail,
  type AuthorizationDetails,
  authorizationDetailsInclude,
  authorizationDetailsSchema,
  type GrantsDetail,
  readWantedDetail,
  type WantedAuthorizationDetail,
} from './values/authorization-details.ts'
export {
  type GrantsPermission,
  type Permissions,
  permissionsInclude,
  permissionsSchema,
  readWantedPermission,
  type WantedPermission,
} from './values/permissions.ts'
export { createWarner, type OnWarning, type Warning, type WarnerSettings } from './warnings/warner.ts'
export {
  authorizationServerMetadataUrls,
  isIssuer,
  isLoopbackHost,
  isSecureUrl,
  protectedResourceMetadataUrl,
  type UrlRules,
} from './values/issuer.ts'
export { decodeBase64url, encodeBase64url, isBase64url } from './values/base64url.ts'
export { sha256Base64url } from './values/sha256.ts'
export {
  type CompactJws,
  parseJwtOctets,
  parseJwtPart,
  signedContent,
  splitCompactJws,
} from './values/compact-jwt.ts'
export { withCode, withoutCode } from './values/code-at-end.ts'
export { type Complaint, describeComplaint, quote } from './values/complaint.ts'
export { elapsedMs } from './values/elapsed.ts'
export { visibleJson, visibleText } from './values/visible-text.ts'
export { type CleanValue, cleanValue } from './values/clean-value.ts'
export { sayCause } from './values/say-cause.ts'
export { withoutQuery } from './values/without-query.ts'
export { withoutData } from './values/without-data.ts'
export { equalDigests } from './values/equal-digests.ts'
export { isPublicHost } from './values/public-host.ts'
export { type JsonObject, MAX_JSON_DEPTH, parseJsonObject } from './values/json-object.ts'
export {
  CONTENT_ENCRYPTION_ALGORITHMS,
  type ContentEncryptionAlgorithm,
  FAPI2_SIGNATURE_ALGORITHMS,
  KEY_MANAGEMENT_ALGORITHMS,
  type KeyManagementAlgorithm,
  SIGNATURE_ALGORITHMS,
  type SignatureAlgorithm,
} from './values/jose-algorithms.ts'

// HTTP: the grammars of header fields and forms
export {
  type BasicCredentials,
  type BasicEncoding,
  type Credentials,
  decodeBasicCredentials,
  encodeBasicCredentials,
  parseAuthorization,
  readBearerToken,
} from './http/authorization.ts'
export {
  CERTIFICATE_FIELD_OPTIONS,
  type CertificateField,
  type CertificateFieldOptions,
  type FoundCertificate,
  resolveCertificateField,
} from './http/certificate-field.ts'
export { CERTIFICATE_HEADERS, type CertificateHeaderFormat, parseCertificateHeader } from './http/certificate-header.ts'
export { buildChallenge, type Challenge, type ChallengeParameters, parseChallenges } from './http/www-authenticate.ts'
export {
  chooseMediaType,
  EVENT_STREAM_MEDIA_TYPE,
  FORM_MEDIA_TYPE,
  JSON_MEDIA_TYPE,
  JWT_INTROSPECTION_MEDIA_TYPE,
  parseMediaType,
} from './http/media-type.ts'
export {
  DEFAULT_MAX_FORM_PARAMETERS,
  decodeFormComponent,
  encodeForm,
  encodeFormComponent,
  Form,
  parseForm,
} from './http/form.ts'
