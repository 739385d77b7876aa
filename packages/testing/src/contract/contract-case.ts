/** One case of a contract suite. Cases run under any test runner, or without one. */

/** One rule that every implementation of a seam must follow. */
export interface ContractCase<Subject> {
  /** The rule, as a test title. */
  readonly title: string
  /** Rejects with an `Error` when the implementation breaks the rule. The message says what was expected. */
  readonly run: (subject: Subject) => Promise<void>
}

/** Compares two values as JSON. Ignores the order of members, and members that are `undefined`. */
export function expectEqual(actual: unknown, expected: unknown, what: string): void {
  const [actualText, expectedText] = [canonical(actual), canonical(expected)]
  if (actualText !== expectedText) throw new Error(`${what}: expected ${expectedText}, got ${actualText}`)
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_name, member: unknown) => {
    if (typeof member !== 'object' || member === null || Array.isArray(member)) return member
    return Object.fromEntries(Object.entries(member).toSorted(([a], [b]) => (a < b ? -1 : 1)))
  })
}
