/** Remembers answers by their record, for stores that return the same record every time. */
import { type Note, noteOf } from '../stores/unchangeable-record.ts'
import type { TokenRecord } from '../stores/token-record.ts'
import type { Answer } from './answer.ts'

/** A memory of answers. Without views the answer is the same for every protected resource that may see it. */
export interface RememberedAnswers {
  get(record: TokenRecord): Answer | undefined
  /** Remembers an answer if its record cannot change. */
  set(record: TokenRecord, answer: Answer): void
}

/**
 * The largest number of remembered answers. The oldest is forgotten first. Each takes about half a kilobyte, less than its record,
 * which the store also has in memory.
 */
const MAX_REMEMBERED = 131_072

/**
 * Creates a memory for one handler. For every request the handler still finds the record in the store, and still decides whether
 * the token is live and who may see it. The memory saves shaping the answer and writing it as JSON.
 *
 * The note of a record holds its answer. If two handlers answer about one record, the note holds the later answer.
 */
export function createRememberedAnswers(): RememberedAnswers {
  /** The notes in the order in which they were written. A full list is overwritten from its start. */
  const notes: Note[] = []
  let next = 0

  function forget(note: Note | undefined): void {
    if (note?.writer !== notes) return
    note.writer = undefined
    note.made = undefined
  }

  return {
    get(record) {
      const note = noteOf(record)
      return note?.writer === notes ? (note.made as Answer) : undefined
    },
    set(record, answer) {
      const note = noteOf(record)
      if (note === undefined) return
      if (note.writer !== notes) {
        forget(notes[next])
        notes[next] = note
        next = (next + 1) % MAX_REMEMBERED
      }
      note.writer = notes
      note.made = answer
    },
  }
}
