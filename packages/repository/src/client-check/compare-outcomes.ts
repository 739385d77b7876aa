/** What the programs tell, line by line, held against what is expected. */
import { isDeepStrictEqual } from 'node:util'
import type { ExpectedOutcome } from './expected-outcomes.ts'

/** What one line tells. */
export interface ToldOutcome {
  readonly title: string
  readonly outcome: unknown
}

/** The outcomes in what a program wrote, and every line that is none. */
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

/** Every case that came to something else, was not told, was told twice, or was not asked for. */
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
