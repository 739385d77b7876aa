/** Records that never change, so that what was made of one may be remembered. */
import type { TokenRecord } from './token-record.ts'

/** What somebody made of a record. */
export interface Note {
  /** Who wrote it; `undefined` when the note is free. */
  writer: object | undefined
  made: unknown
}

/** The note is also the mark of such a record. A copy of the record has none. */
const NOTE = Symbol('note')

/**
 * Freezes a record all the way down and gives it a free note. It must be plain data that nobody else holds.
 *
 * The note stands on the record because a table of records would have to be searched for every request. That touches memory
 * which is in no cache of the processor when there are many tokens.
 */
export function makeUnchangeable<Claims extends object>(record: TokenRecord<Claims>): TokenRecord<Claims> {
  const note: Note = { writer: undefined, made: undefined }
  return deepFreeze(Object.defineProperty(record, NOTE, { value: note }))
}

/** The note of an unchangeable record; `undefined` for any other record. */
export function noteOf(record: TokenRecord): Note | undefined {
  return (record as { readonly [NOTE]?: Note })[NOTE]
}

function deepFreeze<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  Object.values(Object.freeze(value)).forEach(deepFreeze)
  return value
}
