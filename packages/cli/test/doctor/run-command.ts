/** Runs the command `doctor`, and reads what it prints. */
import { expect } from 'vitest'
import { run } from '../../src/run.ts'
import type { Diagnosis } from '../../src/doctor/diagnosis.ts'
import type { Figures } from '../../src/doctor/show-diagnosis.ts'
import { type Given, memorySurroundings } from '../memory-surroundings.ts'
import { CALLER } from '../servers/model-server.ts'

/** What the command printed with `--json`. */
export type Printed = Diagnosis & Figures & { readonly verdict: 'healthy' | 'broken' }

/** The result of a run. */
export interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
  readonly printed: Printed
}

/** A token that no test expects in any output. */
export const TOKEN = '2YotnFZFEjr1zCsicMWpAA'

/** Runs the command with `--json`. No secret, token or assertion may be in its output. */
export async function doctor(args: readonly string[], given: Given = {}): Promise<Ran> {
  const ran = await doctorForPeople([...args, '--json'], given)
  return { ...ran, printed: (ran.out === '' ? {} : JSON.parse(ran.out)) as Printed }
}

/** Runs the command. */
export async function doctorForPeople(args: readonly string[], given: Given = {}): Promise<Omit<Ran, 'printed'>> {
  const surroundings = memorySurroundings({
    now: Date.now,
    files: { token: TOKEN, ...given.files },
    ...given,
    environment: {
      TOKEN_INTROSPECTION_CLIENT_ID: CALLER.id,
      TOKEN_INTROSPECTION_CLIENT_SECRET: CALLER.secret,
      ...given.environment,
    },
  })
  const code = await run(['doctor', ...args], surroundings)
  const [out, err] = [surroundings.out(), surroundings.err()]
  const secrets = [CALLER.secret, TOKEN, ...Object.values(given.files ?? {})]
  for (const secret of secrets) expect(out + err).not.toContain(secret)
  expect(out + err).not.toMatch(/Basic [A-Za-z0-9+/=]{8}|\beyJ/)
  return { code, out, err }
}
