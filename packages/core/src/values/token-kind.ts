/** What an answer says about the kind of its token: whether it is an access token at all. The one place that knows the words. */
import { OptionGroup } from '../options/option-group.ts'

/** How an authorization server says that a token is an access token. */
export interface TokenKindRule {
  /** The member that says it, such as `token_use`. A token without it is refused. */
  readonly member: string
  /** What it says of access tokens, compared without case. */
  readonly oneOf: readonly string[]
}

/** What is known about the words of one authorization server, beside those that all of them use. */
export interface TokenKindWords {
  /** What says that a token is an access token; a token that does not say it is none. */
  readonly tokenKind?: TokenKindRule | undefined
  /** Further values of `token_type` that access tokens have, in lower case. */
  readonly acceptedTokenTypes?: ReadonlySet<string> | undefined
}

/** What an answer says its token is; `unsaid` where it says nothing about it. */
export type SaidTokenKind = 'access_token' | 'refresh_token' | 'other' | 'unsaid'

/** An answer, of which any member may have any shape. */
type Answer = { readonly [member: string]: unknown }

/** Members by which authorization servers tell the kinds of tokens apart. */
const MEMBERS = ['token_type', 'token_use', 'token_usage', 'typ'] as const

const TOKEN_TYPE_URI = 'urn:ietf:params:oauth:token-type:'

/**
 * Words for the kinds, in lower case with `_` for spaces and hyphens. Access tokens are called after how they are presented
 * (RFC 6749 §5.1) or after what they are; UMA calls one of its own a requesting party token. `N_A` says that a token is no
 * access token (RFC 8693 §2.2.1), and `PoP` promises a proof that nobody here verifies (RFC 9200 §8.4).
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
 * What an answer says its token is. One member that says something else than an access token decides, whatever the others
 * say. What cannot be understood is not an access token: an unknown `token_type`, `token_use` or `token_usage`, and one that
 * is not a text. `typ` often has a meaning of its own, so an unknown word there says nothing.
 *
 * @param words - what is known about the words of this authorization server.
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

/**
 * Why a token is not taken for an access token, for the operator; `undefined` when it is taken. A token that nothing is said
 * about is taken, unless {@link TokenKindWords.tokenKind} asks for more.
 */
export function tokenKindFault(answer: Answer, words: TokenKindWords): string | undefined {
  for (const member of MEMBERS) {
    const kind = kindBy(member, answer[member], words)
    if (kind === 'refresh_token' || kind === 'other') return describe(member, answer[member])
  }
  const { tokenKind } = words
  if (tokenKind === undefined || isOfKind(answer, tokenKind)) return undefined
  const wanted = tokenKind.oneOf.map((word) => JSON.stringify(word)).join(', ')
  const { [tokenKind.member]: said } = answer
  const found = said === undefined ? 'is absent' : `is ${quote(said)}`
  return `${tokenKind.member} ${found}, and policy.tokenKind wants ${wanted}`
}

/** Whether a token is taken for an access token. */
export function isAccessToken(answer: Answer, words: TokenKindWords): boolean {
  const { token_type: type, token_use: use, token_usage: usage, typ } = answer
  const { tokenKind } = words
  // What nearly every answer says.
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

/** The kind a word is known for; some servers write it as a URI (RFC 8693 §3). */
function kindOfWord(value: string): KnownKind | undefined {
  const word = value.toLowerCase()
  if (!word.startsWith('urn:')) return WORDS.get(toWord(word))
  const kind = WORDS.get(toWord(word.slice(word.lastIndexOf(':') + 1)))
  // Only the registered URI names an access token; in any other, the word means what its owner says.
  return kind === 'access_token' && !word.startsWith(TOKEN_TYPE_URI) ? undefined : kind
}

function toWord(text: string): string {
  return text.replaceAll(' ', '_').replaceAll('-', '_')
}

/** What says nothing is refused as well: some servers leave out of refresh tokens what they say of access tokens. */
function isOfKind(answer: Answer, kind: TokenKindRule): boolean {
  const said = Object.hasOwn(answer, kind.member) ? answer[kind.member] : undefined
  return typeof said === 'string' && isOneOf(said, kind)
}

function isOneOf(said: string, { oneOf }: TokenKindRule): boolean {
  return oneOf.some((word) => word.toLowerCase() === said.toLowerCase())
}

function describe(member: string, value: unknown): string {
  if (typeof value !== 'string') return `${member} is not a text, so it does not say that this is an access token`
  if (kindOfWord(value) !== undefined) return `${member} is ${quote(value)}, which is another kind of token`
  const option = member === 'token_type' ? 'policy.acceptedTokenTypes' : 'policy.tokenKind'
  return `${member} is ${quote(value)}, which is not known to be an access token; if it is one, name it in ${option}`
}

const MAX_QUOTED = 100

/** What a server said, in quotes, escaped and cut, for a log. */
function quote(value: unknown): string {
  if (typeof value !== 'string') return 'not a text'
  return JSON.stringify(value.length > MAX_QUOTED ? `${value.slice(0, MAX_QUOTED)}…` : value)
}

/** Reads an option that is a {@link TokenKindRule}, or `false` for none. */
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

/** Reads an option that lists further values of `token_type`. A word for another kind of token is a mistake. */
export function readTokenTypes(group: OptionGroup, name: string): ReadonlySet<string> | undefined {
  const types = group.strings(name)
  const wrong = types?.find((type) => ['refresh_token', 'other'].includes(kindOfWord(type) ?? ''))
  if (wrong !== undefined) throw group.error(name, `must not name another kind of token, such as ${wrong}`)
  return types && new Set(types.map((type) => type.toLowerCase()))
}
