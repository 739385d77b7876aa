/** Faults of the steps `token` and `policy`: the answer about a token that should be good. */
import { shellWord } from '../../terminal/shell-word.ts'
import type { Fault } from '../diagnosis.ts'

type Parts = Pick<Fault, 'found' | 'fix'> & Partial<Fault>

function tokenFault(name: string, parts: Parts): Fault {
  return { name, step: 'token', side: 'client', clause: 'RFC 7662 §2.2', command: undefined, isSure: true, ...parts }
}

/** Where a person sees the audience of a client in Keycloak. */
const MAPPER =
  'In Keycloak: Clients, the client that gets the token, Client scopes, its dedicated scope, Add mapper, Audience; choose this resource server, and switch on "Add to access token" and "Add to token introspection".'
/** Since this version, an introspecting client has to be in the audience. */
const SINCE = 'Keycloak has required this since 26.6.2.'

function list(audiences: readonly string[]): string {
  return audiences.map((each) => `'${each}'`).join(', ')
}

/** Creates the faults. */
export const tokenFaults = {
  refreshToken: (said: string): Fault =>
    tokenFault('refresh_token_given', {
      found: `The token is a refresh token (${said}). Only the authorization server takes those.`,
      fix: 'Send the access_token of the token response to the API, and not its refresh_token.',
      clause: 'RFC 6749 §1.5',
    }),
  otherKind: (said: string): Fault =>
    tokenFault('other_token_kind', {
      found: `The token is no access token (${said}).`,
      fix: 'Send the access_token of the token response to the API. An id_token is for the client alone.',
      clause: 'RFC 7662 §4',
    }),
  expired: (detail: string): Fault =>
    tokenFault('expired_token', {
      found: `The token is expired: ${detail}.`,
      fix: 'Get a new token, and examine that one. A client renews its token before it expires, or when an API answers 401.',
      clause: 'RFC 7662 §4',
    }),
  wrongRealm: (issuer: string, tokenIssuer: string): Fault =>
    tokenFault('wrong_realm', {
      found: `The token is from ${tokenIssuer}, and this resource server asks ${issuer}: another realm or tenant of the same server.`,
      fix: `Get the token from ${issuer}, or set issuer to '${tokenIssuer}'. For tokens of both, use combineIssuers.`,
      clause: 'RFC 7662 §2.2',
    }),
  issuerSplit: (issuer: string, tokenIssuer: string): Fault =>
    tokenFault('issuer_split', {
      side: 'authorization_server',
      found: `The token is from ${tokenIssuer}, and this resource server asks ${issuer}: one server with two names. It names itself after the address at which it was asked.`,
      fix: `Give the server one fixed public name (in Keycloak: hostname), and set issuer to it. If only the name here is wrong, set issuer to '${tokenIssuer}', and endpoint to the address that you reach.`,
      clause: 'RFC 8414 §3.3',
    }),
  otherIssuer: (issuer: string, tokenIssuer: string): Fault =>
    tokenFault('token_of_another_issuer', {
      found: `The token is from ${tokenIssuer}, and this resource server asks ${issuer}.`,
      fix: `Get the token from ${issuer}, or set issuer to '${tokenIssuer}'. For tokens of both, use combineIssuers.`,
    }),
  notInAudience: (caller: string, audiences: readonly string[], isKeycloak: boolean): Fault =>
    tokenFault('caller_not_in_aud', {
      side: 'authorization_server',
      found: `The answer is active: false, although the token is not expired and is from this issuer. Its aud is ${list(audiences)}, and has not '${caller}'. A server may hide a token from everybody whom it is not for.`,
      fix: isKeycloak
        ? `Put '${caller}' into the audience. ${MAPPER} ${SINCE}`
        : `Have tokens issued for this resource server: by the parameter resource or audience of the client, or by a setting of the server.`,
      clause: 'RFC 7662 §2.2',
      isSure: isKeycloak,
    }),
  noAudience: (caller: string, isKeycloak: boolean, isActive: boolean): Fault =>
    tokenFault('missing_audience_mapper', {
      step: isActive ? 'policy' : 'token',
      side: 'authorization_server',
      found: isActive
        ? `The answer is active: true, and has no aud. The guard requires '${caller}', so it refuses every token of this kind.`
        : `The answer is active: false, although the token is not expired and is from this issuer. The token has no aud, so it is for nobody.`,
      fix: isKeycloak
        ? `Put '${caller}' into the audience. ${MAPPER}${isActive ? '' : ` ${SINCE}`}`
        : `Have the server put '${caller}' into aud: by an audience mapper or a resource setting, or by the parameter resource or audience of the client.`,
      clause: isActive ? 'RFC 9700 §2.3' : 'RFC 7662 §2.2',
      isSure: isActive || isKeycloak,
    }),
  otherAudience: (wanted: readonly string[], audiences: readonly string[]): Fault =>
    tokenFault('token_for_another_audience', {
      step: 'policy',
      found: `The token is for ${list(audiences)}, and the guard requires ${list(wanted)}.`,
      fix: 'Have the client ask for a token for this audience (parameter resource or audience), or correct the option audience.',
      clause: 'RFC 9700 §2.3',
    }),
  scopeArray: (): Fault =>
    tokenFault('scope_array', {
      step: 'answer',
      side: 'authorization_server',
      found:
        'scope is an array in the answer. It must be one string with spaces, so the client cannot use the answer, and guards answer 502.',
      fix: 'Set response.tolerate.scopeAsArray of the client, or have the server send a string.',
      clause: 'RFC 7662 §2.2',
    }),
  unusable: (message: string, remedy: string | undefined): Fault =>
    tokenFault('answer_unusable', {
      step: 'answer',
      side: 'authorization_server',
      found: message,
      fix: remedy ?? 'See what the server, or a gateway before it, makes of the answer.',
    }),
  unsupported: (): Fault =>
    tokenFault('token_type_unsupported', {
      side: 'authorization_server',
      found:
        'The server answers 400 unsupported_token_type: it does not introspect tokens of this kind, as some do for JWTs.',
      fix: 'Verify these tokens with the option group jwt of the client, or have the server issue opaque tokens.',
      clause: 'RFC 7009 §2.2.1',
    }),
  hintHides: (hint: string): Fault =>
    tokenFault('hint_hides_token', {
      side: 'authorization_server',
      found: `With token_type_hint ${hint} the answer is active: false, and without it active: true.`,
      fix: 'Leave out token.tokenTypeHint. The server must search everywhere when it finds nothing by the hint.',
      clause: 'RFC 7662 §2.1',
    }),
  hintNeeded: (hint: string): Fault =>
    tokenFault('hint_needed', {
      side: 'authorization_server',
      found: `Without token_type_hint the answer is active: false, and with token_type_hint ${hint} active: true.`,
      fix: `Set token.tokenTypeHint to '${hint}'. The server should find the token without it.`,
      clause: 'RFC 7662 §2.1',
    }),
  credentialsUnchecked: (url: string): Fault =>
    tokenFault('credentials_not_checked', {
      side: 'authorization_server',
      found: `${url} answers active: false also to a request without credentials. So wrong credentials look like an inactive token here, unless this endpoint takes none, as that of Ory Hydra.`,
      fix: 'Compare the identifier and the secret with the registration first. The server should answer 401 to a caller that it does not know. If the endpoint takes no credentials, get a new token, and examine that one at once.',
      clause: 'RFC 7662 §2.1',
      command: `curl -sS -d token=x ${shellWord(url)}`,
      isSure: false,
    }),
  unknown: (issuer: string, command: string | undefined): Fault =>
    tokenFault('token_not_known', {
      side: 'authorization_server',
      found:
        'The answer is active: false, and nothing in the token says why. The server does not know it, it is expired or revoked, or this resource server may not know about it: the answer is the same.',
      fix: `Get a new token from ${issuer} for this audience, and examine it at once. If it is inactive, too, the server hides it from this resource server: allow it there.`,
      clause: 'RFC 7662 §2.2',
      command,
      isSure: false,
    }),
  replicaLag: (found: string): Fault =>
    tokenFault('replica_lag', {
      side: 'authorization_server',
      found,
      fix: 'Have introspection read where revocations are written, or wait for the replicas there. A client that follows the revocation feed sees the revocation itself.',
      clause: 'RFC 7009 §2.1',
    }),
  revocationUnseen: (times: number): Fault =>
    tokenFault('revocation_unseen', {
      side: 'authorization_server',
      found: `The token was revoked, and ${times} answers call it active.`,
      fix: 'See whether the revocation arrived (RFC 7009 answers 200 also for an unknown token), whether the server checks revocations of such tokens, and whether it caches.',
      clause: 'RFC 7662 §2.2',
      isSure: false,
    }),
  refused: (requirement: string, detail: string, remedy: string | undefined): Fault =>
    tokenFault(`${requirement}_refused`, {
      step: 'policy',
      found: detail,
      fix: remedy ?? 'Compare the options of the guard with the token.',
      clause: requirement === 'scope' ? 'RFC 6750 §3.1' : 'RFC 7662 §4',
    }),
  failed: (name: string, message: string, side: Fault['side']): Fault =>
    tokenFault(name, {
      side,
      found: message,
      fix: 'Examine the token again. If it stays so, the server treats this token unlike others: see its log.',
      isSure: false,
    }),
} as const
