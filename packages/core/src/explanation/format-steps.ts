/** Writes the steps of an explanation as text for a terminal of 80 columns. */
import type { StepOutcome, ToldStep } from './step-outcome.ts'

const WIDTH = 80
const MARKS: Readonly<Record<StepOutcome, string>> = { passed: '✓', refused: '✗', failed: '✗', skipped: '–' }

/**
 * Writes a headline and one line for each step: its mark, its name and its detail, in columns. A longer detail goes on below
 * itself. A word that is longer than the column, such as a URL, is not broken. Characters that are not printable become
 * spaces.
 *
 * @returns the lines, without a line break at the end.
 */
export function formatSteps(headline: string, steps: readonly ToldStep[]): string {
  return [...wrap(headline, 0), ...formatLevel(steps, '')].join('\n')
}

function formatLevel(steps: readonly ToldStep[], indent: string): string[] {
  const width = Math.max(0, ...steps.map(({ name }) => name.length))
  return steps.flatMap(({ name, outcome, detail, remedy, parts = [] }) => {
    const start = `${indent}${MARKS[outcome]} ${name.padEnd(width)}  `
    const below = ' '.repeat(start.length)
    const told = wrap(detail, start.length)
    const advice = remedy === undefined ? [] : wrap(remedy, start.length + 2)
    return [
      ...told.map((line, at) => (at === 0 ? start : below) + line),
      ...advice.map((line, at) => `${below}${at === 0 ? '→ ' : '  '}${line}`),
      ...formatLevel(parts, `${indent}  `),
    ]
  })
}

/** The words of a text in lines that fit beside so many characters. It has at least one line. */
function wrap(text: string, beside: number): string[] {
  const lines = ['']
  for (const word of text.split(/[\s\p{C}]+/u)) {
    const line = lines.at(-1) ?? ''
    if (line === '') lines[lines.length - 1] = word
    else if (beside + line.length + 1 + word.length <= WIDTH) lines[lines.length - 1] = `${line} ${word}`
    else lines.push(word)
  }
  return lines
}
