/** Records that never change, so that values made from them can be remembered. */
import type { TokenRecord } from './token-record.ts'

/** A value that was made from a record. */
export interface Note {
  /** The owner of the value. `undefined` when the note is free. */
  writer: object | undefined
  made: unknown
}

/** Returns the given object, so that the fields of a class that extends this one stand on that object. */
// oxlint-disable-next-line typescript/no-extraneous-class
class Given {
  constructor(given: object) {
    return given
  }
}

/**
 * An object with a note. The note is a private field, so only the object itself has it: no copy of the object, no proxy of it,
 * and no object that inherits from it. Those may say something else than the object.
 */
class Noted extends Given {
  readonly #note: Note = { writer: undefined, made: undefined }

  static noteOf(object: object): Note | undefined {
    return #note in object ? object.#note : undefined
  }
}

/**
 * Freezes a record at every level and gives it a free note. It must be plain data without other references to it.
 *
 * The note is a property of the record, because a table of records would have to be searched for every request. With many tokens
 * that reads memory outside the caches of the processor.
 */
export function makeUnchangeable<Claims extends object>(record: TokenRecord<Claims>): TokenRecord<Claims> {
  return deepFreeze(new Noted(record) as object as TokenRecord<Claims>)
}

/** The note of an unchangeable record. `undefined` for every other record. */
export function noteOf(record: TokenRecord): Note | undefined {
  return Noted.noteOf(record)
}

function deepFreeze<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  Object.values(Object.freeze(value)).forEach(deepFreeze)
  return value
}
