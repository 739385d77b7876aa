/** Runs cases in sequence, and tells one line per outcome. */
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

/** Runs the cases that the body of a request names, and answers with the lines. */
export async function answerSmokeCases(
  cases: Readonly<Record<string, SmokeCase>>,
  request: Request,
): Promise<Response> {
  const lines: string[] = []
  await runSmokeCases(cases, (await request.json()) as SmokeInput, (line) => lines.push(line))
  return new Response(lines.join('\n'))
}

function describeError(error: unknown): object {
  const { name, code, message, cause } = error as Error & { code?: unknown }
  return { name, code, message, cause: cause instanceof Error ? cause.message : undefined }
}
