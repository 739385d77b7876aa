/** Reads an answer for the doctor, who looks also at those that the client cannot use. */
import { type JsonObject, parseJsonObject, parseMediaType } from '@token-introspection/core'
import type { ReceivedAnswer } from '../../connection/exchange.ts'
import type { KnownSecrets } from '../../connection/known-secrets.ts'

/** The JSON object of a body. `undefined` for anything else. */
export function jsonOf(answer: ReceivedAnswer | undefined): JsonObject | undefined {
  if (answer === undefined) return undefined
  try {
    return parseJsonObject(answer.body)
  } catch {
    return undefined
  }
}

/** Whether it answers the question: status 200, and `active` is a boolean. */
export function isIntrospection(answer: ReceivedAnswer | undefined): boolean {
  return answer?.status === 200 && typeof jsonOf(answer)?.['active'] === 'boolean'
}

/** Whether it says that the token is active. `undefined` when it does not answer the question. */
export function activeIn(answer: ReceivedAnswer | undefined): boolean | undefined {
  return isIntrospection(answer) ? jsonOf(answer)?.['active'] === true : undefined
}

/** Whether an introspection endpoint said it: an answer, or an error of OAuth. */
export function isFromEndpoint(answer: ReceivedAnswer | undefined): boolean {
  if (answer === undefined) return false
  if (isIntrospection(answer)) return true
  return (answer.status === 400 || answer.status === 401) && typeof jsonOf(answer)?.['error'] === 'string'
}

/** Whether it is a page for people. */
export function isPage(answer: ReceivedAnswer): boolean {
  const mediaType = parseMediaType(answer.headers['content-type'])
  return (
    mediaType === 'text/html' ||
    mediaType === 'application/xhtml+xml' ||
    /^\s*<(?:!doctype|html|head|body|h1)\b/i.test(answer.body)
  )
}

/** The `error` of an OAuth error, if it is one. */
export function oauthErrorOf(answer: ReceivedAnswer): string | undefined {
  const error = jsonOf(answer)?.['error']
  return typeof error === 'string' && /^[a-z_]{1,64}$/.test(error) ? error : undefined
}

/** The beginning of a body, in one line. It is cut last: a part of a secret might not be recognized. */
export function beginningOf({ body }: ReceivedAnswer, secrets: KnownSecrets): string {
  return secrets.hide(body.trim().replaceAll(/\s+/g, ' ')).slice(0, 80)
}
