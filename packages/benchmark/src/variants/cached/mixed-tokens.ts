/** What a resource server is asked about when nearly every token was there before. */
import { hash } from 'node:crypto'
import { createTokens } from '../../fixture.ts'
import type { CallSettings } from '../../measure/call-rounds.ts'
import { PresentedHeaders } from '../../measure/presented-headers.ts'

/** Each n-th token was never seen before. */
const NEW_EVERY = 100

/** One token after the other, each cut from a header that was read this moment. */
export function mixedTokens(): CallSettings {
  return { nextToken: createMixedTokens(), callsPerReading: 32 }
}

function createMixedTokens(): () => string {
  const headers = new PresentedHeaders(createTokens())
  let calls = 0
  return () => {
    if (++calls % NEW_EVERY !== 0) return headers.next().slice(7)
    return hash('sha256', `new ${calls}`, 'base64url')
  }
}
