/** Finds tokens of another authorization server by introspecting them there. */
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
  /** The issuer identifier of the other authorization server. It becomes `iss` of every token that this resolver finds. */
  readonly issuer: string
  /**
   * Introspects a token at the other server, for example with {@link IntrospectionClient.introspect} of the client package. Stop
   * when `lookup.signal` is aborted. A throw is answered 503.
   *
   * Security: this sends the token to the other server. Recognise its tokens, for example by a prefix, and answer
   * `{ active: false }` at once for all others. Otherwise the other server sees every token of yours.
   */
  readonly introspect: (lookup: TokenLookup) => IntrospectionResponse | Promise<IntrospectionResponse>
  /**
   * What the other server says about access tokens, such as `{ member: 'token_use', oneOf: ['access_token'] }`. Every other token
   * is then unknown here. Default none: `token_type`, `token_use`, `token_usage` or `typ` must say with a known word, such as
   * `Bearer`, that the token is an access token.
   *
   * Security: with `false` a token counts as an access token when the answer says nothing about its kind. Servers such as Spring
   * Authorization Server answer like this about refresh tokens and authorization codes.
   */
  readonly tokenKind?: TokenKindRule | false | undefined
  /** The name of the resolver in events and explanations. Default `remote`. */
  readonly name?: string | undefined
}

/**
 * Creates a resolver that asks another authorization server and uses its answer as the record of the token. The disclosure policy
 * then judges by the audience in that answer. Unregistered members become extension claims. An answer with another `iss` counts
 * as a failure, because the servers were mixed up.
 *
 * A token that the answer calls a refresh token is one here, and is disclosed like one. ID tokens, device secrets, codes, and
 * tokens of unknown kind are unknown here, so they are inactive.
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
  // The client package marks members that it could not read. Unreadable details may limit the token, so they must not vanish.
  if (Array.isArray(unreadable) && unreadable.includes('authorization_details')) {
    throw new Error('the answer has authorization_details that the client could not read')
  }
  const claims = extensionClaims(members)
  for (const name of Object.keys(claims)) delete members[name]
  if (members.iss !== undefined && members.iss !== issuer) {
    throw new Error(`the answer is about a token of ${JSON.stringify(members.iss)}, not of ${JSON.stringify(issuer)}`)
  }
  const kind = kindOf(response, tokenKind)
  if (kind === undefined) return null
  // A kind such as `access_token` is not a token type (RFC 6749 §5.1). The handler then says `Bearer` or `DPoP`.
  if (!/^(?:bearer|dpop)$/i.test(members.token_type ?? '')) delete members.token_type
  return { ...members, iss: issuer, kind, claims }
}

/** Maps an answer to a kind of record. */
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
