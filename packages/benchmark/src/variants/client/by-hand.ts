/**
 * A second yardstick: undici's `Pool.request`, with the least that a careful client adds by hand. It has a deadline, limits the
 * answer, checks status, media type and the times of the token, and sends one request for parallel calls about one token.
 */
import { hash } from 'node:crypto'
import { Pool } from 'undici'
import { AUTHORIZATION } from '../../fixture.ts'
import { measureCalls } from '../../measure/call-rounds.ts'

interface Answer {
  readonly active: unknown
  readonly exp?: number
  readonly nbf?: number
}

const DEADLINE_MS = 5000
const MAX_BYTES = 1_048_576

measureCalls((endpoint) => {
  const { origin, pathname: path } = new URL(endpoint)
  const pool = new Pool(origin, { connections: 64, maxResponseSize: MAX_BYTES })
  const headers = {
    accept: 'application/json',
    authorization: AUTHORIZATION,
    'content-type': 'application/x-www-form-urlencoded',
  }
  const underWay = new Map<string, Promise<unknown>>()

  async function ask(token: string): Promise<unknown> {
    const body = `token=${encodeURIComponent(token)}`
    const signal = AbortSignal.timeout(DEADLINE_MS)
    const response = await pool.request({ path, method: 'POST', headers, body, signal })
    const mediaType = String(response.headers['content-type'])
    const text = await response.body.text()
    if (response.statusCode !== 200 || !mediaType.startsWith('application/json')) throw new Error('unexpected answer')
    const answer = JSON.parse(text) as Answer
    const now = Date.now() / 1000
    const isActive = answer.active === true && now < (answer.exp ?? Infinity) && now >= (answer.nbf ?? 0)
    return Object.freeze(isActive ? answer : { active: false })
  }

  return (token) => {
    const key = hash('sha256', token, 'base64url')
    const known = underWay.get(key)
    if (known !== undefined) return known
    const asking = ask(token).finally(() => underWay.delete(key))
    underWay.set(key, asking)
    return asking
  }
})
