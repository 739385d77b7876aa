/** Answers by the record they were made of, for stores that give the same record every time. */
import { LRUCache } from 'lru-cache'
import type { TokenRecord } from '../stores/token-record.ts'
import { isUnchangeable } from '../stores/unchangeable-record.ts'
import type { Answer } from './answer.ts'

/** A memory of answers. Without views an answer says the same to every protected resource that may have it. */
export interface RememberedAnswers {
  get(record: TokenRecord): Answer | undefined
  /** Remembers an answer, if the record it was made of cannot change. */
  set(record: TokenRecord, answer: Answer): void
}

/**
 * Answers that are remembered; the one remembered longest ago is forgotten first. Each is about half a kilobyte, less than
 * the record it was made of, which the store has in memory as well.
 */
const MAX_REMEMBERED = 131_072

/**
 * Creates a memory that no other handler shares. What is known of a record is looked up anew every time, and so is
 * whether it is live and who may know it: what is saved is shaping it and writing it as JSON.
 */
export function createRememberedAnswers(): RememberedAnswers {
  const answers = new LRUCache<TokenRecord, Answer>({ max: MAX_REMEMBERED })
  return {
    // Not `get`: keeping the order of use would cost more than it saves here.
    get: (record) => answers.peek(record),
    set(record, answer) {
      if (isUnchangeable(record)) answers.set(record, answer)
    },
  }
}
