/** The cheapest endpoint, written by hand: a second yardstick, because fixed JSON checks no caller and finds no token. */
import { hash, timingSafeEqual } from 'node:crypto'
import { answerJson, AUTHORIZATION, createTokens } from '../../fixture.ts'

interface KeptAnswer {
  readonly json: string
  /** Seconds since the epoch. */
  readonly exp: number
}

/** An endpoint without HTTP, and the tokens that it knows. */
export interface EndpointByHand {
  /** The body of the answer; `undefined` for a caller with other credentials. */
  readonly answerTo: (authorization: string | undefined, token: string | null | undefined) => string | undefined
  readonly tokens: readonly string[]
}

const INACTIVE = JSON.stringify({ active: false })

/** Creates the endpoint: it compares the secret in constant time, and finds the ready answer by the digest of the token. */
export function createEndpointByHand(): EndpointByHand {
  const tokens = createTokens()
  const known = hash('sha256', AUTHORIZATION, 'buffer')
  const answers = new Map<string, KeptAnswer>()
  for (const token of tokens) {
    const json = answerJson()
    answers.set(digest(token), { json, exp: (JSON.parse(json) as KeptAnswer).exp })
  }
  return {
    tokens,
    answerTo(authorization = '', token = '') {
      if (!timingSafeEqual(hash('sha256', authorization, 'buffer'), known)) return undefined
      const answer = answers.get(digest(token ?? ''))
      return answer !== undefined && Date.now() < answer.exp * 1000 ? answer.json : INACTIVE
    },
  }
}

function digest(token: string): string {
  return hash('sha256', token, 'base64url')
}
