/** What an action did, as a sentence. */
import type { CallReport, RevocationReport } from '../engine/playground-view.ts'
import type { Settings } from '../engine/settings.ts'
import type { Tone } from './describe-happening.ts'
import { sayDuration } from './say.ts'

/** A sentence, and how good it is. */
export interface Told {
  readonly tone: Tone
  readonly text: string
}

export function sayIssued(token: number): Told {
  return { tone: 'plain', text: `token ${token}, for user alice` }
}

export function sayMoved(seconds: number): Told {
  return { tone: 'plain', text: `${sayDuration(seconds)} pass` }
}

export function sayRevoked({ isRevoked, heardAfterMs }: RevocationReport, { feed }: Settings): Told {
  if (!isRevoked) return { tone: 'bad', text: 'not revoked: the authorization server does not answer' }
  if (heardAfterMs !== undefined) {
    return { tone: 'good', text: `the feed told the API after ${sayDuration(heardAfterMs / 1000)}` }
  }
  return { tone: 'plain', text: feed ? 'the feed is down, so nobody told the API' : 'no feed, so nobody told the API' }
}

/** Says the decision, and where the answer came from. */
export function sayCall({ allowed, status, reason, liveness, isRevoked }: CallReport): Told {
  if (!allowed) return { tone: 'bad', text: `refused with ${status}: ${REASONS[reason ?? ''] ?? reason ?? 'refused'}` }
  if (liveness?.source !== 'cache')
    return { tone: 'good', text: 'allowed: the authorization server says that the token is active' }
  return isRevoked
    ? { tone: 'warn', text: 'still allowed, although revoked: the API used the answer that it kept' }
    : { tone: 'good', text: 'allowed: the API used the answer that it kept' }
}

const REASONS: Readonly<Partial<Record<string, string>>> = {
  token_inactive: 'the token is not active',
  audience: 'the token is for another audience',
  scope: 'the token has too little scope',
  unavailable: 'the token could not be checked',
}
