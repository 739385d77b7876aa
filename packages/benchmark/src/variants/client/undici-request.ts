/** The yardstick: undici's `Pool.request` and `JSON.parse`, without checks. */
import { Pool } from 'undici'
import { AUTHORIZATION } from '../../fixture.ts'
import { measureCalls } from '../../measure/call-rounds.ts'

measureCalls((endpoint) => {
  const { origin, pathname: path } = new URL(endpoint)
  const pool = new Pool(origin, { connections: 64 })
  const headers = {
    accept: 'application/json',
    authorization: AUTHORIZATION,
    'content-type': 'application/x-www-form-urlencoded',
  }
  return async (token) => {
    const body = `token=${encodeURIComponent(token)}`
    const response = await pool.request({ path, method: 'POST', headers, body })
    if (response.statusCode !== 200) throw new Error(`status ${response.statusCode}`)
    return JSON.parse(await response.body.text()) as unknown
  }
})
