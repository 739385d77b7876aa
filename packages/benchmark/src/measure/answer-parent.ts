/** How a child program talks to the benchmark. */

/** A question of the parent: the name of a procedure and its argument. */
export interface Question {
  readonly id: number
  readonly procedure: string
  readonly argument: unknown
}

/** The answer to a question. */
export type Answer =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly complaint: string }

/** The procedures that a child offers. */
export type Procedures = Readonly<Record<string, (argument: never) => unknown>>

/** After this time, in milliseconds, a child ends itself, because the benchmark has forgotten it. */
const LIFETIME_MS = 20 * 60_000

/** Answers the questions of the parent until the parent disconnects. Then the child exits. */
export function answerParent(procedures: Procedures): void {
  if (process.send === undefined) throw new Error('the benchmark must start this program')
  process.on('disconnect', () => process.exit())
  setTimeout(() => process.exit(1), LIFETIME_MS).unref()
  process.on('message', (question: Question) => {
    void answer(question, procedures)
  })
}

async function answer({ id, procedure, argument }: Question, procedures: Procedures): Promise<void> {
  try {
    const value: unknown = await procedures[procedure]?.(argument as never)
    process.send?.({ id, value } satisfies Answer)
  } catch (error) {
    process.send?.({ id, complaint: error instanceof Error ? (error.stack ?? error.message) : String(error) })
  }
}
