/** The tokens of a resource server that has seen nearly every token before. */
import { hash } from 'node:crypto'
import { createTokens } from '../../fixture.ts'
import type { CallSettings } from '../../measure/call-rounds.ts'
import { PresentedHeaders } from '../../measure/presented-headers.ts'

/** Every n-th token is new. */
const NEW_EVERY = 100

/** Returns one token after the other, each cut from a header that was just read. */
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
