/** The functions and classes without options. */

/** Functions and classes without options, by entry. The test fails for a new function that is in neither list. */
export const WITHOUT_OPTIONS: Readonly<Record<string, string>> = {
  core:
    'Form isIntrospectionError actorChain audienceIntersects ' +
    'authorizationServerMetadataUrls buildChallenge buildErrorResponse chooseMediaType createWarner decodeBasicCredentials ' +
    'decodeFormComponent encodeBasicCredentials encodeForm encodeFormComponent encodeIntrospectionRequest equalDigests ' +
    'extensionClaims formatScope isAccessToken isErrorText isJwtIntrospectionTyp isLoopbackHost ' +
    'isNumericDate isPublicHost isRegisteredTokenTypeHint isScope isScopeToken isSha256Thumbprint isVerifiableConfirmation ' +
    'parseAuthorization parseAuthorizationServerMetadata parseCertificateHeader parseChallenges parseErrorResponse ' +
    'parseIntrospectionRequest parseIntrospectionResponse parseJsonObject parseJwtIntrospectionClaims parseMediaType ' +
    'parseProtectedResourceMetadata parseScope protectedResourceMetadataUrl readTokenTypes saidTokenKind scopeIncludes ' +
    'toAudienceList toNumericDate tokenKindFault validateExtensionClaims decodeBase64url encodeBase64url isBase64url isBoundedKey ' +
    'describeComplaint describeTokenKindFault elapsedMs quote cleanValue messageOf sayCause visibleJson visibleText withCode withoutCode withoutData withoutQuery parseJwtOctets parseJwtPart readBearerToken readIntrospectionResponse sha256Base64url signedContent splitCompactJws withWholeDates',
  'core/dpop': 'normalizeTargetUri verifyDpopProof',
  'core/explanation': 'formatSteps',
  'core/key-set': 'parseKeySet',
  'core/maybe-promise': 'allOf andThen atOnce ignoreRejection isPromise',
  'core/read-body': 'readBody',
  'core/options':
    'OptionGroup checkOptionNames copyOptions createFinder httpRemedy resolveIssuer resolveSecret resolveUrlRules sayKind sayUnknown suggest',
  'core/lambda-event': 'LambdaRequest',
  'core/node-header': 'readNodeHeader',
  'core/revocations':
    'createFoundRevocationKeys createRevocationKeys isChain isRevocationKey isRevocationPosition parseReplayPage parseRevocationPage revocationKeyCheck',
  'core/redis':
    'RedisStreamReader createRedisScript isAtPosition readRedisClient readRevocationStream ' +
    'readRevocationStreamOptions readStreamedEvents ' +
    'redisConnections replayRevocationStream revocationStreamKeys runRedisScript streamIdOf',
  client:
    'Refusal WatchEnded bearerToken bearerTokenProvider clientSecretPost ' +
    'isIntrospectionError isPreflight selfSignedTlsClientAuth supportedClientAuthentication tlsClientAuth withDecisionHeaders',
  'client/gateway': 'toGatewayListener',
  'client/lambda': 'lambdaGuard toGuardRequest',
  'client/nest': 'Auth PreflightException Public TokenRefusedException',
  'client/node': 'addHeaders applyDecision nodeGuard refuseUpgrade requireToken sendRefusal toGuardRequest',
  'client/opentelemetry': 'observeStatistics',
  server:
    'Form isIntrospectionError audienceOrOwner certificateFromSocket digestToken toTombstone validateConsumption ' +
    'validateRevocation ' +
    'validateTokenRecord revocationDigests tombstoneDigests',
  'server/node': 'toNodeHandler',
  'server/express': 'toExpressHandler',
  'server/fastify': 'toFastifyPlugin',
  'server/hono': 'toHonoHandler',
  'server/koa': 'toKoaMiddleware',
  'server/lambda': 'toLambdaHandler',
  testing:
    'cacheStoreContract replayStoreContract revocationFollowerContract revocationLogContract tokenConsumptionContract tokenListContract tokenStoreContract',
  'testing/msw': 'authorizationServerHandlers createNetwork',
}
