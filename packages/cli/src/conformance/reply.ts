/** An answer of the server under test. */
import { parseMediaType } from '@token-introspection/core'
import type { Exchange, Fields, ReceivedAnswer } from '../connection/exchange.ts'

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
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined
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
  if (typeof members['error'] === 'string') return `${status} with the error ${members['error']}`
  return 'active' in members ? `${status} with active ${JSON.stringify(members['active'])}` : `${status} without active`
}
