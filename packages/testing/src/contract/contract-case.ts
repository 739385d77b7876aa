/** Contract suites: cases that run under any test runner, or none. */

/** One thing every implementation of a seam must do. */
export interface ContractCase<Subject> {
  /** What the implementation does, as a test title. */
  readonly title: string
  /** Rejects with an `Error` that says what was expected when the implementation does something else. */
  readonly run: (subject: Subject) => Promise<void>
}

/** Compares two values as JSON data: the order of members and members that are `undefined` do not count. */
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
