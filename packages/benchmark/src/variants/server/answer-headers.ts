/** The header fields that our endpoint sends, for yardsticks that send as many. */

/** The fields of an answer, without its length. */
export const ANSWER_HEADERS = {
  'content-type': 'application/json',
  'cache-control': 'no-store',
  pragma: 'no-cache',
  'x-content-type-options': 'nosniff',
  vary: 'accept',
} as const
