/** Finds tokens of another authorization server by asking it. */
import {
  type ActiveIntrospectionResponse,
  extensionClaims,
  type IntrospectionResponse,
  isAccessToken,
  parseIntrospectionResponse,
  readTokenKind,
  saidTokenKind,
  type TokenKindRule,
} from '@token-introspection/core'
import { andThen } from '@token-introspection/core/maybe-promise'
import { OptionGroup } from '@token-introspection/core/options'
import type { TokenLookup } from '../stores/token-lookup.ts'
import type { TokenRecord } from '../stores/token-record.ts'
import type { TokenResolver } from './token-resolver.ts'

/** Options of {@link createRemoteResolver}. */
export interface RemoteResolverOptions {
  /** The issuer identifier of the other authorization server: `iss` of every token it knows. */
  readonly issuer: string
  /**
   * Asks it about a token, such as {@link IntrospectionClient.introspect} of the client package does. Give up when
   * `lookup.signal` is aborted. A throw is answered 503.
   *
   * Security: the token is sent there. Tell whose token it may be, by a prefix say, and answer `{ active: false }` at once
   * for others, or every token of yours is shown to the other server.
   */
  readonly introspect: (lookup: TokenLookup) => IntrospectionResponse | Promise<IntrospectionResponse>
  /**
   * What the other server says of access tokens, such as `{ member: 'token_use', oneOf: ['access_token'] }`: every other token
   * is unknown here. Default none, and then `token_type`, `token_use`, `token_usage` or `typ` must say in a known word that
   * it is an access token, such as `Bearer`.
   *
   * Security: with `false` a token passes for an access token when nothing is said about its kind. At a server such as Spring
   * Authorization Server that is what refresh tokens and authorization codes look like.
   */
  readonly tokenKind?: TokenKindRule | false | undefined
  /** What events and explanations call it. Default `remote`. */
  readonly name?: string | undefined
}

/**
 * Creates a resolver that asks another authorization server, and takes its answer for the record of the token: its
 * audience is then what the disclosure policy judges by. What its answer says beside the registered members becomes
 * extension claims. An answer with another `iss` than the one given is refused as an outage: the servers were mixed up.
 *
 * What the answer calls a refresh token is one here, and is disclosed like one. An ID token, a device secret, a code, and a
 * token whose kind is not said or not known, are unknown, which is inactive.
 *
 * @throws TypeError naming the option that is wrong.
 *
 * @example
 * ```ts
 * import { clientSecretBasic, IntrospectionClient } from '@token-introspection/client'
 * import { createMemoryTokenStore, createRemoteResolver, createStoreResolver } from '@token-introspection/server'
 *
 * const partner = new IntrospectionClient({
 *   issuer: 'https://partner.example.com',
 *   clientAuthentication: clientSecretBasic('us', 's3cr3t'),
 * })
 * export const lookup = {
 *   resolvers: [
 *     createStoreResolver({ store: createMemoryTokenStore() }),
 *     createRemoteResolver({
 *       issuer: 'https://partner.example.com',
 *       introspect: async ({ token, signal }) =>
 *         token.startsWith('partner_') ? partner.introspect(token, { signal }) : { active: false },
 *     }),
 *   ],
 * }
 * ```
 */
export function createRemoteResolver(options: RemoteResolverOptions): TokenResolver {
  const group = new OptionGroup('', options, ['issuer', 'introspect', 'tokenKind', 'name'])
  const issuer = group.string('issuer')
  if (issuer === undefined) throw group.error('issuer', 'is required')
  const introspect = group.function<RemoteResolverOptions['introspect']>('introspect')
  if (introspect === undefined) throw group.error('introspect', 'is required')
  const tokenKind = readTokenKind(group, 'tokenKind')
  return {
    name: group.string('name') ?? 'remote',
    resolve: (lookup) =>
      andThen(introspect(lookup), (answer) => toRecord(parseIntrospectionResponse(answer), issuer, tokenKind)),
  }
}

function toRecord(
  response: IntrospectionResponse,
  issuer: string,
  tokenKind: TokenKindRule | false | undefined,
): TokenRecord | null {
  if (!response.active) return null
  const { active: _, unreadableMembers: unreadable, ...members } = response
  // The mark of a client of ours. What nobody could read may be less than "none", which it would pass for here.
  if (Array.isArray(unreadable) && unreadable.includes('authorization_details')) {
    throw new Error('the answer has authorization_details that nobody can read')
  }
  const claims = extensionClaims(members)
  for (const name of Object.keys(claims)) delete members[name]
  if (members.iss !== undefined && members.iss !== issuer) {
    throw new Error(`the answer is about a token of ${JSON.stringify(members.iss)}, not of ${JSON.stringify(issuer)}`)
  }
  const kind = kindOf(response, tokenKind)
  if (kind === undefined) return null
  // What is a kind there, such as `access_token`, is no token type here (RFC 6749 §5.1): the handler says `Bearer` or `DPoP`.
  if (!/^(?:bearer|dpop)$/i.test(members.token_type ?? '')) delete members.token_type
  return { ...members, iss: issuer, kind, claims }
}

/** The kinds that there are records of. */
function kindOf(
  response: ActiveIntrospectionResponse,
  tokenKind: TokenKindRule | false | undefined,
): TokenRecord['kind'] | undefined {
  const words = { tokenKind: tokenKind === false ? undefined : tokenKind }
  const said = saidTokenKind(response, words)
  if (said === 'refresh_token') return said
  if (said === 'unsaid' && tokenKind === undefined) return undefined
  return isAccessToken(response, words) ? 'access_token' : undefined
}
