/** What an inspection found, as a value. */
import { JWT_INTROSPECTION_MEDIA_TYPE, parseJsonObject, parseMediaType } from '@token-introspection/core'
import type { Exchange } from '../connection/exchange.ts'
import { describeMembers, type DescribedMember } from './describe-members.ts'
import { findOddities, type Oddity } from './find-oddities.ts'
import type { Judgement } from './judge-token.ts'

/** The inspection of one token. */
export interface Inspection {
  /** The question and its answer. `undefined` when nothing could be asked. */
  readonly exchange: Exchange | undefined
  /** The requests for metadata and keys. */
  readonly lookups: readonly Exchange[]
  /** `undefined` when the answer is no JSON object. */
  readonly isActive: boolean | undefined
  readonly members: readonly DescribedMember[]
  readonly oddities: readonly Oddity[]
  readonly judgement: Judgement
}

/** Puts an inspection together. */
export function toInspection(
  exchanges: readonly Exchange[],
  judgement: Judgement,
  { issuer, nowMs }: { readonly issuer: string | undefined; readonly nowMs: number },
): Inspection {
  const exchange = exchanges.findLast(({ request }) => request.method === 'POST')
  const lookups = distinct(exchanges.filter(({ request }) => request.method === 'GET'))
  const body = exchange?.answer?.status === 200 ? readBody(exchange) : undefined
  if (body === undefined) return { exchange, lookups, isActive: undefined, members: [], oddities: [], judgement }
  const context = { now: Math.floor(nowMs / 1000), issuer, contentType: exchange?.answer?.headers['content-type'] }
  return {
    exchange,
    lookups,
    isActive: body['active'] === true,
    members: describeMembers(body, nowMs),
    oddities: findOddities(body, context),
    judgement,
  }
}

/** Without repetitions that got the same status. */
function distinct(exchanges: readonly Exchange[]): Exchange[] {
  return [...new Map(exchanges.map((each) => [`${each.answer?.status} ${each.request.url}`, each])).values()]
}

/** The members of the answer. Those of a JWT are read without a look at its signature, which is the matter of the client. */
function readBody({ answer }: Exchange): Readonly<Record<string, unknown>> | undefined {
  if (answer === undefined) return undefined
  const isJwt = parseMediaType(answer.headers['content-type']) === JWT_INTROSPECTION_MEDIA_TYPE
  try {
    const value = parseJsonObject(isJwt ? decodePayload(answer.body) : answer.body)
    const members = isJwt ? value['token_introspection'] : value
    return typeof members === 'object' && members !== null && !Array.isArray(members)
      ? (members as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}

function decodePayload(jwt: string): string {
  return Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString('utf8')
}
