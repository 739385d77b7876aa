/** Records that never change, so that values made from them can be remembered. */
import type { TokenRecord } from './token-record.ts'

/** A value that was made from a record. */
export interface Note {
  /** The owner of the value. `undefined` when the note is free. */
  writer: object | undefined
  made: unknown
}

/** The note is also the mark of such a record. A copy of the record has none. */
const NOTE = Symbol('note')

/**
 * Freezes a record at every level and gives it a free note. It must be plain data without other references to it.
 *
 * The note is a property of the record, because a table of records would have to be searched for every request. With many tokens
 * that reads memory outside the caches of the processor.
 */
export function makeUnchangeable<Claims extends object>(record: TokenRecord<Claims>): TokenRecord<Claims> {
  const note: Note = { writer: undefined, made: undefined }
  return deepFreeze(Object.defineProperty(record, NOTE, { value: note }))
}

/** The note of an unchangeable record. `undefined` for every other record. */
export function noteOf(record: TokenRecord): Note | undefined {
  return (record as { readonly [NOTE]?: Note })[NOTE]
}

function deepFreeze<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  Object.values(Object.freeze(value)).forEach(deepFreeze)
  return value
}
