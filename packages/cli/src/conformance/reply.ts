/** An answer of the server under test. */
import { parseJsonObject, parseMediaType } from '@token-introspection/core'
import type { Exchange, Fields, ReceivedAnswer } from '../connection/exchange.ts'
import { kindOf } from '../connection/kind-of.ts'

/** An answer, read as far as requirements look at it. */
export interface Reply {
  readonly exchange: Exchange
  readonly status: number
  readonly headers: Fields
  readonly body: string
  readonly mediaType: string | undefined
  /** The members, if the body is a JSON object. */
  readonly members: Readonly<Record<string, unknown>> | undefined
}

/** Reads an answer. */
export function toReply(exchange: Exchange, answer: ReceivedAnswer): Reply {
  const { status, headers, body } = answer
  return {
    exchange,
    status,
    headers,
    body,
    mediaType: parseMediaType(headers['content-type']),
    members: membersOf(body),
  }
}

/** The members of a JSON text, or of the payload of a JWT. */
export function membersOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return parseJsonObject(text)
  } catch {
    return undefined
  }
}

/** Whether it says that the token is active: with status 200 and `true`. */
export function saysActive({ status, members }: Reply): boolean {
  return status === 200 && members?.['active'] === true
}

/** Whether it says that the token is not active. */
export function saysInactive({ status, members }: Reply): boolean {
  return status === 200 && members?.['active'] === false
}

/** The answer in a few words, for messages. */
export function describeReply({ status, members, mediaType }: Reply): string {
  if (members === undefined) return `${status} with ${mediaType ?? 'no media type'}`
  const { error, active } = members
  if (typeof error === 'string')
    return `${status} with the error ${ERROR_CODE.test(error) ? error : 'of no registered form'}`
  if (active === undefined) return `${status} without active`
  return `${status} with active ${typeof active === 'boolean' ? active : `that is ${kindOf(active)}`}`
}

/** What an error of OAuth looks like. Any other text may be long, or one that the server was sent. */
const ERROR_CODE = /^[a-z_]{1,64}$/
