/** Step `jwt`: combines the claims of a JWT and the server's answer about it into one answer (RFC 7662 §1, §2.2). */
import {
  type ActiveIntrospectionResponse,
  type Confirmation,
  type IntrospectionResponse,
  parseScope,
  toAudienceList,
} from '@token-introspection/core'
import { ResponseUntrustedError } from '../errors.ts'

/** Members that cannot differ for one token. */
const SAME = ['iss', 'sub', 'client_id', 'jti', 'act'] as const
/** The members of `cnf` that a guard verifies. JWT and answer must have the same of them. */
const CONFIRMATIONS = ['jkt', 'x5t#S256'] as const

/**
 * Combines both into one answer that grants no more than either. The authorization server decides whether the token is
 * active. The earlier `exp` and the later `nbf` count. Of scope, audience and authorization details, only the values in
 * both count: the server cannot add scope or details to the signed ones. Other members come from the server.
 *
 * @throws ResponseUntrustedError when the two are about different tokens.
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
    // A route may require a certain login. Keep the weaker statement of the two.
    auth_time: pick(Math.min, local.auth_time, asked.auth_time),
    amr: local.amr === undefined ? asked.amr : narrow(local.amr, asked.amr),
    acr:
      local.acr === undefined || asked.acr === undefined || local.acr === asked.acr
        ? (asked.acr ?? local.acr)
        : undefined,
    unreadableMembers: join(local.unreadableMembers, asked.unreadableMembers),
  })
}

/** A member that one of them could not read stays marked as unreadable, whatever the other says. */
function join(local: readonly string[] | undefined, asked: readonly string[] | undefined) {
  return local === undefined || asked === undefined ? (asked ?? local) : [...new Set([...local, ...asked])]
}

/**
 * One of them may have members that the other lacks, such as Keycloak's `kc-jkt-type`. No member may have two values.
 */
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

/** A JWT without an audience gets the audience from the server. */
function narrowAudience(local: string | string[] | undefined, asked: string | string[] | undefined) {
  if (local === undefined || asked === undefined) return local ?? asked
  if (isEqual(local, asked)) return local
  return narrow([...toAudienceList(local)], [...toAudienceList(asked)])
}

/** The values in both lists; all values when the second list is absent. */
function narrow<Value>(local: readonly Value[] | undefined, asked: readonly Value[] | undefined): Value[] | undefined {
  if (local === undefined || asked === undefined) return local && [...local]
  return local.filter((one) => asked.some((other) => isEqual(one, other)))
}

function pick(choose: (a: number, b: number) => number, a: number | undefined, b: number | undefined) {
  return a === undefined || b === undefined ? (a ?? b) : choose(a, b)
}

/** Leaves out `undefined` members, so that spreading them hides no value. */
function withoutAbsent<Members extends object>(members: Members): Members {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Members
}

/** Compares JSON values, whatever the order of names. */
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
