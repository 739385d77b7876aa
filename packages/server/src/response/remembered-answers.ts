/** Answers by the record they were made of, for stores that give the same record every time. */
import { type Note, noteOf } from '../stores/unchangeable-record.ts'
import type { TokenRecord } from '../stores/token-record.ts'
import type { Answer } from './answer.ts'

/** A memory of answers. Without views an answer says the same to every protected resource that may have it. */
export interface RememberedAnswers {
  get(record: TokenRecord): Answer | undefined
  /** Remembers an answer if its record cannot change. */
  set(record: TokenRecord, answer: Answer): void
}

/**
 * Answers that are remembered; the one remembered longest ago is forgotten first. Each takes about half a kilobyte, less than
 * its record, which the store has in memory as well.
 */
const MAX_REMEMBERED = 131_072

/**
 * Creates a memory that no other handler shares. The handler still finds the record in the store for every request, and still
 * decides whether the token is live and who may know it. The memory saves shaping the answer and writing it as JSON.
 *
 * The answer stands in the note of its record. A record that two handlers answer about has the answer of the later one.
 */
export function createRememberedAnswers(): RememberedAnswers {
  /** In the order in which they were written; a full list begins again at its start. */
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
