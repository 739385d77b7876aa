/** Compares the results of an example with the expected values. */
import { isDeepStrictEqual } from 'node:util'

/** Compares two values and prints a line. */
export type Expect = (what: string, actual: unknown, expected: unknown) => void

/** Runs an example. @returns 0 when every value was as expected, otherwise 1, for `process.exitCode`. */
export async function checkExample(
  example: (expect: Expect) => Promise<void>,
  print: (text: string) => void = (text) => console.log(text),
): Promise<number> {
  const outcomes: boolean[] = []
  await example((what, actual, expected) => {
    const isRight = isDeepStrictEqual(actual, expected)
    outcomes.push(isRight)
    print(isRight ? `✔ ${what}` : `✘ ${what}: ${JSON.stringify(actual)} instead of ${JSON.stringify(expected)}`)
  })
  const right = outcomes.filter(Boolean).length
  print(`${right} of ${outcomes.length} as expected`)
  return outcomes.length > 0 && right === outcomes.length ? 0 : 1
}
