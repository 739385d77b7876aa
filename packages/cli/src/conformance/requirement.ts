/** A requirement of the suite, and what its check finds. */
import type { Asker } from './asker.ts'
import type { Reply } from './reply.ts'

/** How a requirement is worded in the text that it comes from. `advice` is written nowhere; it is what attackers and outages teach. */
export type Level = 'must' | 'should' | 'advice'

/** What a check needs beside the credentials of the caller. Without it the requirement is skipped. */
export type Need = 'goodToken' | 'endedToken' | 'basic' | 'metadata' | 'signedAnswer'

/** A requirement for authorization servers. */
export interface Requirement {
  /** As in docs/standards.md. A letter marks a further check of the same requirement. */
  readonly id: string
  /** Where it is written. */
  readonly clause: string
  /** What has to hold, as a sentence. */
  readonly title: string
  readonly level: Level
  readonly needs?: readonly Need[]
  /** Asks the server. It does not have to catch errors. */
  readonly run: (asker: Asker) => Promise<Outcome>
}

/** What a check found. */
export type Outcome =
  | { readonly kind: 'passed' }
  | {
      readonly kind: 'failed'
      /** What was expected and what came instead, as a sentence. */
      readonly message: string
      /** The answer that shows it. `undefined` for faults of the metadata. */
      readonly reply?: Reply | undefined
    }
  | { readonly kind: 'skipped'; readonly reason: string }

/** The requirement holds. */
export const PASSED: Outcome = Object.freeze({ kind: 'passed' })

/** The requirement does not hold. */
export function failed(message: string, reply?: Reply): Outcome {
  return { kind: 'failed', message, reply }
}

/** The requirement could not be checked. */
export function skipped(reason: string): Outcome {
  return { kind: 'skipped', reason }
}

/** Passes if the condition holds. */
export function passedIf(condition: boolean, message: string, reply?: Reply): Outcome {
  return condition ? PASSED : failed(message, reply)
}

/** The first outcome that is not passed. */
export function firstFault(outcomes: readonly Outcome[]): Outcome {
  return outcomes.find(({ kind }) => kind === 'failed') ?? outcomes.find(({ kind }) => kind === 'skipped') ?? PASSED
}
