/** Step `transport`: well-known servers without an introspection endpoint, and the alternative for each. */

/** One server. */
export interface ServerWithoutIntrospection {
  readonly name: string
  /** The host of its issuers. A `*` stands for one or more labels. */
  readonly hosts: readonly string[]
  /** The alternative, as a sentence without its end. */
  readonly instead: string
  readonly documentation: string
}

/** Servers with known hosts. Servers at addresses of their users cannot be listed. */
export const SERVERS_WITHOUT_INTROSPECTION: readonly ServerWithoutIntrospection[] = [
  {
    name: 'Auth0',
    hosts: ['*.auth0.com'],
    instead:
      'ask for tokens with an audience, which are JWTs, and verify them with the preset auth0; ' +
      'opaque tokens are for its userinfo endpoint alone',
    documentation: 'https://auth0.com/docs/secure/tokens/access-tokens/validate-access-tokens',
  },
  {
    name: 'Amazon Cognito',
    hosts: ['cognito-idp.*.amazonaws.com', 'cognito-idp.*.amazonaws.com.cn', '*.amazoncognito.com'],
    instead:
      'verify its access tokens, which are JWTs, with the preset cognito: iss, client_id, and token_use of access',
    documentation:
      'https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-verifying-a-jwt.html',
  },
  {
    name: 'Microsoft Entra',
    hosts: [
      'login.microsoftonline.com',
      'login.microsoftonline.us',
      'login.partner.microsoftonline.cn',
      'sts.windows.net',
    ],
    instead:
      'verify tokens for your own API, which are JWTs, with the preset entra; those for other APIs, such as Graph, are not yours to verify',
    documentation: 'https://learn.microsoft.com/en-us/entra/identity-platform/access-tokens',
  },
  {
    name: 'Google',
    hosts: ['accounts.google.com'],
    instead: 'validate ID tokens as JWTs; for access tokens ask its tokeninfo endpoint and compare aud yourself',
    documentation: 'https://developers.google.com/identity/sign-in/web/backend-auth',
  },
  {
    name: 'Supabase',
    hosts: ['*.supabase.co'],
    instead: 'verify its access tokens, which are JWTs, with option group jwt and its jwks_uri',
    documentation: 'https://supabase.com/docs/guides/auth/jwts',
  },
  {
    name: 'Descope',
    hosts: ['api.descope.com', 'api.*.descope.com'],
    instead: 'validate its access tokens as JWTs; for claims as they are now ask its userinfo endpoint',
    documentation: 'https://docs.descope.com/identity-federation/inbound-apps',
  },
  {
    name: 'Scalekit',
    hosts: ['*.scalekit.com', '*.scalekit.dev', '*.scalekit.cloud'],
    instead: 'validate its access tokens as JWTs; for opaque API keys use validateToken of its SDK',
    documentation: 'https://docs.scalekit.com/',
  },
  {
    name: 'GitHub',
    hosts: ['github.com', 'api.github.com'],
    instead: 'ask its API to check a token, POST /applications/{client_id}/token',
    documentation: 'https://docs.github.com/en/rest/apps/oauth-applications#check-a-token',
  },
  {
    name: 'Facebook',
    hosts: ['facebook.com', '*.facebook.com'],
    instead: 'ask its debug_token API',
    documentation: 'https://developers.facebook.com/docs/facebook-login/guides/access-tokens/debugging',
  },
  {
    name: 'Twitch',
    hosts: ['id.twitch.tv'],
    instead: 'ask its endpoint /oauth2/validate, as it wants its users to do hourly',
    documentation: 'https://dev.twitch.tv/docs/authentication/validate-tokens/',
  },
  {
    name: 'Slack',
    hosts: ['slack.com'],
    instead: 'call its method auth.test with the token',
    documentation: 'https://docs.slack.dev/reference/methods/auth.test/',
  },
]

/** The alternative for an issuer of one of these servers; `undefined` for every other. */
export function insteadOfIntrospection(issuer: string): string | undefined {
  const host = URL.canParse(issuer) ? new URL(issuer).hostname : ''
  const server = SERVERS_WITHOUT_INTROSPECTION.find(({ hosts }) => hosts.some((pattern) => matches(host, pattern)))
  return server && `${server.name} has no introspection: ${server.instead}. See ${server.documentation}`
}

/** Labels are delimited by dots, so a host that only ends with the same characters does not match. */
function matches(host: string, pattern: string): boolean {
  const [before, after] = pattern.split('*') as [string, string | undefined]
  if (after === undefined) return host === pattern
  return host.length > before.length + after.length && host.startsWith(before) && host.endsWith(after)
}
