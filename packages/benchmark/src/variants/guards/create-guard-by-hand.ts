/** The cheapest guard, written by hand: a second yardstick, because a minimal route checks no token at all. */
import type { IncomingMessage } from 'node:http'
import { createTokens } from '../../fixture.ts'
import type { Checked } from '../../measure/hit-rounds.ts'
import { createHandWrittenLookup } from '../cached/hand-written-lookup.ts'

/** A guard, and the tokens that it allows. */
export interface GuardByHand {
  /** The answer about the token of a request; `undefined` for a request to refuse. */
  readonly answerTo: (request: IncomingMessage) => Checked
  readonly tokens: readonly string[]
}

/** Creates the guard. It reads one field, looks the token up by its digest, and compares `exp` with the clock. */
export function createGuardByHand(): GuardByHand {
  const tokens = createTokens()
  const lookUp = createHandWrittenLookup(tokens)
  return { answerTo: ({ headers }) => lookUp(headers.authorization ?? ''), tokens }
}
