/** Checks every requirement, one after the other. */
import { type Asker, StoppedAskingError } from './asker.ts'
import type { Need, Outcome, Requirement } from './requirement.ts'
import { failed, skipped } from './requirement.ts'

/** A requirement and what its check found. */
export interface Checked {
  readonly requirement: Requirement
  readonly outcome: Outcome
  /** Whether its fault makes the server fail. The others are warnings. */
  readonly isSure: boolean
}

/** What is there, by need, and why it may be missing. */
export type Supplies = Readonly<Record<Need, boolean>>

const REASONS: Readonly<Record<Need, string>> = {
  goodToken: 'needs a good token (--good-token-file)',
  endedToken: 'needs a token that is revoked or expired (--ended-token-file)',
  basic: 'needs a caller with a secret',
  metadata: 'needs the metadata of an issuer',
  signedAnswer: 'the server does not sign its answers',
}

/** Checks the requirements in their order. */
export async function checkRequirements(
  requirements: readonly Requirement[],
  asker: Asker,
  supplies: Supplies,
): Promise<Checked[]> {
  const checked: Checked[] = []
  for (const requirement of requirements) {
    const missing = requirement.needs?.find((need) => !supplies[need])
    const outcome = missing === undefined ? await check(requirement, asker) : skipped(REASONS[missing])
    checked.push({ requirement, outcome, isSure: requirement.level === 'must' })
  }
  return checked
}

async function check(requirement: Requirement, asker: Asker): Promise<Outcome> {
  try {
    return await requirement.run(asker)
  } catch (error) {
    const message = error instanceof Error ? error.message : 'the check failed'
    return error instanceof StoppedAskingError ? skipped(message) : failed(message)
  }
}
