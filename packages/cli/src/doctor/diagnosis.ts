/** What the doctor finds: the first broken step, or that every step works. */
import type { CheckSide } from '@token-introspection/client'

/** The steps from a resource server to its decision, in their order. */
export const STEPS = ['connection', 'metadata', 'endpoint', 'credentials', 'answer', 'token', 'policy'] as const

/** One of the steps. */
export type DoctorStep = (typeof STEPS)[number]

/** Who has to change something. `client` is the program that sends tokens to the resource server. */
export type DoctorSide = CheckSide | 'client'

/** A broken step. */
export interface Fault {
  /** Its name. It is the same for the same cause, whatever the values are. */
  readonly name: string
  readonly step: DoctorStep
  readonly side: DoctorSide
  /** What was seen, with both values where two differ. */
  readonly found: string
  readonly fix: string
  /** The clause that the fix follows from. `undefined` when no standard says anything. */
  readonly clause: string | undefined
  /** A command that checks it and changes nothing. It holds no secret and no token. */
  readonly command: string | undefined
  /** Whether other causes could look the same from here. */
  readonly isSure: boolean
}

/** What came of an examination. */
export interface Diagnosis {
  /** The first broken step. `undefined` when there is none. */
  readonly fault: Fault | undefined
  /** The steps that were examined and work, in order. */
  readonly working: readonly DoctorStep[]
  /** What was seen on the way and is no fault. */
  readonly notes: readonly string[]
}
