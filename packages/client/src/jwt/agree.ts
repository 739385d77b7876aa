/** Step `jwt`: what a JWT says and what the authorization server says of it, made one answer (RFC 7662 §1, §2.2). */
import {
  type ActiveIntrospectionResponse,
  type Confirmation,
  type IntrospectionResponse,
  parseScope,
  toAudienceList,
} from '@token-introspection/core'
import { ResponseUntrustedError } from '../errors.ts'

/** What cannot differ for one token: whose it is, for whom, bound to what. */
const SAME = ['iss', 'sub', 'client_id', 'jti', 'act'] as const
/** The members of `cnf` that a guard verifies; the two must agree on which there are. */
const CONFIRMATIONS = ['jkt', 'x5t#S256'] as const

/**
 * One answer, no wider than either: the authorization server decides whether the token is active, the earlier end and the
 * later beginning count, and of scope, audience and authorization details what both grant. The server cannot add scope or
 * details to what was signed. Anything else is as the server has it now.
 *
 * @throws ResponseUntrustedError when the two speak of different tokens.
 */
export function agree(local: ActiveIntrospectionResponse, asked: IntrospectionResponse): IntrospectionResponse {
  if (!asked.active) return asked
  for (const name of SAME) {
    if (local[name] !== undefined && asked[name] !== undefined && !isEqual(local[name], asked[name])) {
      throw new ResponseUntrustedError(`the JWT and the answer about it differ in ${name}`)
    }
  }
  const cnf = agreeOnConfirmation(local.cnf, asked.cnf)
  return withoutAbsent({
    ...local,
    ...withoutAbsent(asked),
    active: true,
    cnf,
    scope: narrowScope(local.scope, asked.scope),
    aud: narrowAudience(local.aud, asked.aud),
    authorization_details: narrow(local.authorization_details, asked.authorization_details),
    exp: pick(Math.min, local.exp, asked.exp),
    nbf: pick(Math.max, local.nbf, asked.nbf),
    // What a route may demand of a login holds where nothing speaks against it.
    auth_time: pick(Math.min, local.auth_time, asked.auth_time),
    acr:
      local.acr === undefined || asked.acr === undefined || local.acr === asked.acr
        ? (asked.acr ?? local.acr)
        : undefined,
    unreadableMembers: join(local.unreadableMembers, asked.unreadableMembers),
  })
}

/** What one of them could not say the other does not say for it. */
function join(local: readonly string[] | undefined, asked: readonly string[] | undefined) {
  return local === undefined || asked === undefined ? (asked ?? local) : [...new Set([...local, ...asked])]
}

/** One of them may have members that the other lacks, such as Keycloak's `kc-jkt-type`; no member may have two values. */
function agreeOnConfirmation(local: Confirmation | undefined, asked: Confirmation | undefined) {
  if (local === undefined || asked === undefined) return asked ?? local
  const names = [...Object.keys(local).filter((name) => Object.hasOwn(asked, name)), ...CONFIRMATIONS]
  if (!names.every((name) => isEqual(local[name], asked[name]))) {
    throw new ResponseUntrustedError('the JWT and the answer about it differ in cnf')
  }
  return { ...local, ...asked }
}

function narrowScope(local: string | undefined, asked: string | undefined): string | undefined {
  if (local === undefined || asked === undefined) return local
  return narrow(parseScope(local), parseScope(asked))?.join(' ')
}

/** A token that was signed for nobody in particular is for those the server names. */
function narrowAudience(local: string | string[] | undefined, asked: string | string[] | undefined) {
  if (local === undefined || asked === undefined) return local ?? asked
  if (isEqual(local, asked)) return local
  return narrow([...toAudienceList(local)], [...toAudienceList(asked)])
}

/** What stands in both, where the second speaks of it at all. */
function narrow<Value>(local: Value[] | undefined, asked: Value[] | undefined): Value[] | undefined {
  if (local === undefined || asked === undefined) return local
  return local.filter((one) => asked.some((other) => isEqual(one, other)))
}

function pick(choose: (a: number, b: number) => number, a: number | undefined, b: number | undefined) {
  return a === undefined || b === undefined ? (a ?? b) : choose(a, b)
}

/** What is not there is left out, so that it hides nothing. */
function withoutAbsent<Members extends object>(members: Members): Members {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Members
}

/** JSON that means the same, in whatever order its names stand. */
function isEqual(one: unknown, other: unknown): boolean {
  if (one === other) return true
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false
  if (Array.isArray(one) !== Array.isArray(other)) return false
  const names = Object.keys(one)
  return (
    names.length === Object.keys(other).length &&
    names.every(
      (name) =>
        Object.hasOwn(other, name) &&
        isEqual((one as Record<string, unknown>)[name], (other as Record<string, unknown>)[name]),
    )
  )
}
