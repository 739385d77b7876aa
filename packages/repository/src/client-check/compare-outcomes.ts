/** Compares the outcomes that a program prints with the expected ones. */
import { isDeepStrictEqual } from 'node:util'
import type { ExpectedOutcome } from './expected-outcomes.ts'

/** The outcome on one line. */
export interface ToldOutcome {
  readonly title: string
  readonly outcome: unknown
}

/** The outcomes in the output of a program, and every line that is not an outcome. */
export function parseOutcomes(output: string): { told: ToldOutcome[]; problems: string[] } {
  const told: ToldOutcome[] = []
  const problems: string[] = []
  for (const line of output.split('\n').filter((text) => text.trim() !== '')) {
    const parsed = parseLine(line)
    if (parsed === undefined) problems.push(`no outcome: ${line}`)
    else told.push(parsed)
  }
  return { told, problems }
}

function parseLine(line: string): ToldOutcome | undefined {
  try {
    const { title, outcome } = JSON.parse(line) as { title?: unknown; outcome?: unknown }
    return typeof title === 'string' ? { title, outcome } : undefined
  } catch {
    return undefined
  }
}

/** Every case with another outcome, without one, with two, or that is not in the list. */
export function compareOutcomes(output: string, expected: readonly ExpectedOutcome[]): string[] {
  const { told, problems } = parseOutcomes(output)
  for (const { title, outcome } of expected) {
    const found = told.filter((each) => each.title === title)
    const [first] = found
    if (first === undefined) problems.push(`${title}: not told`)
    else if (!isDeepStrictEqual(first.outcome, outcome)) {
      problems.push(`${title}: ${JSON.stringify(first.outcome)}, not ${JSON.stringify(outcome)}`)
    }
    if (found.length > 1) problems.push(`${title}: told ${found.length} times`)
  }
  const unasked = told.filter(({ title }) => !expected.some((each) => each.title === title))
  return [...problems, ...unasked.map(({ title }) => `${title}: nobody asked for it`)]
}
