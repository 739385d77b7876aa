/** Runs cases in sequence, and prints one line per outcome. */
import type { SmokeCase, SmokeInput } from './smoke-input.ts'

/** Runs the cases that the input names. If a case throws, its outcome is the error. */
export async function runSmokeCases(
  cases: Readonly<Record<string, SmokeCase>>,
  input: SmokeInput,
  tell: (line: string) => void,
): Promise<void> {
  for (const title of input.titles) {
    const run = cases[title]
    const outcome = run === undefined ? { absent: true } : await run(input).catch(describeError)
    tell(JSON.stringify({ title, outcome }))
  }
}

function describeError(error: unknown): object {
  const { name, code, message, cause } = error as Error & { code?: unknown }
  return { name, code, message, cause: cause instanceof Error ? cause.message : undefined }
}
