/** A child program's side of the conversation with the benchmark. */

/** A question: the name of a procedure and its argument. */
export interface Question {
  readonly id: number
  readonly procedure: string
  readonly argument: unknown
}

/** Its answer. */
export type Answer =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly complaint: string }

/** What a child can be asked. */
export type Procedures = Readonly<Record<string, (argument: never) => unknown>>

/** A child that outlives every run has been forgotten. */
const LIFETIME_MS = 20 * 60_000

/** Answers the parent's questions until it goes away; then the child goes too. */
export function answerParent(procedures: Procedures): void {
  if (process.send === undefined) throw new Error('this program is started by the benchmark')
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
