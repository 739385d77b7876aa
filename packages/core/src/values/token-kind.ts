/** Decides by the answer whether a token is an access token. All the words for token kinds are in this file. */
import { OptionGroup } from '../options/option-group.ts'

/** How an authorization server marks its access tokens. */
export interface TokenKindRule {
  /** The member that names the kind, such as `token_use`. A token without this member is refused. */
  readonly member: string
  /** The values for access tokens, compared without case. */
  readonly oneOf: readonly string[]
}

/** The words that one authorization server uses, in addition to the common ones. */
export interface TokenKindWords {
  /** How to recognize an access token. A token without this mark is refused. */
  readonly tokenKind?: TokenKindRule | undefined
  /** Further values of `token_type` for access tokens, in lower case. */
  readonly acceptedTokenTypes?: ReadonlySet<string> | undefined
}

/** The kind of token that an answer names; `unsaid` when it names none. */
export type SaidTokenKind = 'access_token' | 'refresh_token' | 'other' | 'unsaid'

/** An answer. Its members may have any type. */
type Answer = { readonly [member: string]: unknown }

/** The members in which authorization servers name the kind of a token. */
const MEMBERS = ['token_type', 'token_use', 'token_usage', 'typ'] as const

const TOKEN_TYPE_URI = 'urn:ietf:params:oauth:token-type:'

/**
 * Words for the kinds of tokens, in lower case and with `_` for spaces and hyphens. Access tokens are named after the
 * way they are presented (RFC 6749 §5.1) or after their kind. UMA calls its access tokens requesting party tokens.
 * `N_A` means that the token is not an access token (RFC 8693 §2.2.1). `PoP` requires a proof that these packages do
 * not verify (RFC 9200 §8.4).
 */
const WORDS: ReadonlyMap<string, KnownKind> = new Map([
  ...entries('access_token', 'bearer dpop bearer_token bearertoken access_token accesstoken access at+jwt rpt'),
  ...entries('access_token', 'application/at+jwt requesting_party_token'),
  ...entries('refresh_token', 'refresh_token refreshtoken refresh rt offline offline_token rt+jwt'),
  ...entries('other', 'id_token idtoken id serialized_id device_secret device_code devicecode user_code usercode'),
  ...entries('other', 'authorization_code authorizationcode auth_code authz_code code request_token state_token'),
  ...entries('other', 'logout_token logouttoken logout initial_access_token initialaccesstoken client_assertion'),
  ...entries('other', 'registration_access_token registrationaccesstoken saml1 saml2 n_a pop mac'),
])

type KnownKind = Exclude<SaidTokenKind, 'unsaid'>

function entries(kind: KnownKind, words: string): [string, KnownKind][] {
  return words.split(' ').map((word) => [word, kind])
}

/**
 * The kind of token that an answer names. One member that names another kind decides, whatever the other members say.
 * An unknown word in `token_type`, `token_use` or `token_usage` counts as another kind, and so does a value that is not
 * a string. `typ` often has another meaning, so an unknown word there is ignored.
 *
 * @param words - the words of this authorization server.
 */
export function saidTokenKind(answer: Answer, words?: TokenKindWords): SaidTokenKind {
  let said: SaidTokenKind = 'unsaid'
  for (const member of MEMBERS) {
    const kind = kindBy(member, answer[member], words)
    if (kind === 'refresh_token' || kind === 'other') return kind
    if (kind !== 'unsaid') said = kind
  }
  return said
}

/** The member by which a token does not count as an access token. */
export interface TokenKindFault {
  /** The member of the answer, such as `token_use`. */
  readonly member: string
  /** Its value, of any type; `undefined` when the answer does not have the member. */
  readonly found: unknown
  /** The words of {@link TokenKindWords.tokenKind}, if these refuse the token; `undefined` if the value names another kind. */
  readonly required: readonly string[] | undefined
}

/**
 * The reason why a token does not count as an access token; `undefined` when it does. A token without any word about its
 * kind counts as an access token, unless {@link TokenKindWords.tokenKind} requires a word.
 */
export function tokenKindFault(answer: Answer, words: TokenKindWords): TokenKindFault | undefined {
  for (const member of MEMBERS) {
    const kind = kindBy(member, answer[member], words)
    if (kind === 'refresh_token' || kind === 'other') return { member, found: answer[member], required: undefined }
  }
  const { tokenKind } = words
  if (tokenKind === undefined || isOfKind(answer, tokenKind)) return undefined
  const { member, oneOf } = tokenKind
  return { member, found: Object.hasOwn(answer, member) ? answer[member] : undefined, required: oneOf }
}

/** Describes a fault in one line, for the operator, with the option to set. */
export function describeTokenKindFault({ member, found, required }: TokenKindFault): string {
  if (required !== undefined) {
    const said = found === undefined ? 'is absent' : `is ${quote(found)}`
    return `${member} ${said}, and policy.tokenKind wants ${required.map((word) => JSON.stringify(word)).join(', ')}`
  }
  if (typeof found !== 'string') return `${member} is not a string, so it does not say that this is an access token`
  if (kindOfWord(found) !== undefined) return `${member} is ${quote(found)}, which is another kind of token`
  const option = member === 'token_type' ? 'policy.acceptedTokenTypes' : 'policy.tokenKind'
  return `${member} is ${quote(found)}, which is not known to be an access token; if it is one, name it in ${option}`
}

/** Whether a token counts as an access token. */
export function isAccessToken(answer: Answer, words: TokenKindWords): boolean {
  const { token_type: type, token_use: use, token_usage: usage, typ } = answer
  const { tokenKind } = words
  // The most common answer, decided first for speed.
  if (type === 'Bearer' && use === undefined && usage === undefined && typ === undefined && tokenKind === undefined) {
    return true
  }
  const said = saidTokenKind(answer, words)
  if (said !== 'access_token' && said !== 'unsaid') return false
  return tokenKind === undefined || isOfKind(answer, tokenKind)
}

function kindBy(member: (typeof MEMBERS)[number], value: unknown, words: TokenKindWords | undefined): SaidTokenKind {
  if (value === undefined || value === null) return 'unsaid'
  if (value === 'Bearer') return 'access_token'
  if (typeof value !== 'string') return 'other'
  const known = kindOfWord(value)
  if (known !== undefined) return known
  const { tokenKind, acceptedTokenTypes } = words ?? {}
  if (tokenKind?.member === member && isOneOf(value, tokenKind)) return 'access_token'
  if (member === 'token_type' && acceptedTokenTypes?.has(value.toLowerCase()) === true) return 'access_token'
  // A media type of another profile, such as `logout+jwt`.
  if (member === 'typ') return value.toLowerCase().endsWith('+jwt') ? 'other' : 'unsaid'
  return 'other'
}

/** The kind that a word is known for. Some servers write it as a URI (RFC 8693 §3). */
function kindOfWord(value: string): KnownKind | undefined {
  const word = value.toLowerCase()
  if (!word.startsWith('urn:')) return WORDS.get(toWord(word))
  const kind = WORDS.get(toWord(word.slice(word.lastIndexOf(':') + 1)))
  // Only the registered URI names an access token. In another URI, the owner of the URI defines the word.
  return kind === 'access_token' && !word.startsWith(TOKEN_TYPE_URI) ? undefined : kind
}

function toWord(text: string): string {
  return text.replaceAll(' ', '_').replaceAll('-', '_')
}

/** A missing or wrong member is refused as well, because some servers mark only their access tokens. */
function isOfKind(answer: Answer, kind: TokenKindRule): boolean {
  const said = Object.hasOwn(answer, kind.member) ? answer[kind.member] : undefined
  return typeof said === 'string' && isOneOf(said, kind)
}

function isOneOf(said: string, { oneOf }: TokenKindRule): boolean {
  return oneOf.some((word) => word.toLowerCase() === said.toLowerCase())
}

const MAX_QUOTED = 100

/** Quotes a value of a server for a log, escaped and shortened. */
function quote(value: unknown): string {
  if (typeof value !== 'string') return 'not a string'
  return JSON.stringify(value.length > MAX_QUOTED ? `${value.slice(0, MAX_QUOTED)}…` : value)
}

/** Reads an option that is a {@link TokenKindRule}, or `false` for no rule. */
export function readTokenKind(group: OptionGroup, name: string): TokenKindRule | false | undefined {
  const given = group.raw(name)
  if (given === undefined || given === false) return given
  const kind = new OptionGroup(group.path(name), given, ['member', 'oneOf'])
  const member = kind.string('member')
  if (member === undefined) throw kind.error('member', 'is required')
  const oneOf = kind.strings('oneOf')
  if (oneOf === undefined || oneOf.length === 0) throw kind.error('oneOf', 'must name at least one kind')
  return Object.freeze({ member, oneOf })
}

/** Reads an option that lists further values of `token_type`. A word for another kind of token is refused. */
export function readTokenTypes(group: OptionGroup, name: string): ReadonlySet<string> | undefined {
  const types = group.strings(name)
  const wrong = types?.find((type) => ['refresh_token', 'other'].includes(kindOfWord(type) ?? ''))
  if (wrong !== undefined) throw group.error(name, `must not name another kind of token, such as ${wrong}`)
  return types && new Set(types.map((type) => type.toLowerCase()))
}
