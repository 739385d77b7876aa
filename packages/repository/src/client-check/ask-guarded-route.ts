/** Asks a guarded route of a guide. Its authorization server is the endpoint that the same process serves. */
import { isDeepStrictEqual } from 'node:util'
import { SECRET, TOKEN } from '../mount-check/endpoint.ts'

/** What the program of a guarded route needs when it runs. Nothing of it is there when the program is built. */
export function guardedEnvironment(port: number): Readonly<Record<string, string>> {
  return { ORDERS_API_SECRET: SECRET, INTROSPECTION_ENDPOINT: `http://127.0.0.1:${port}/introspect` }
}

/** Sends a good token, an unknown one and none, and reports other answers than those of the guides. */
export async function askGuardedRoute(port: number, path: string): Promise<string[]> {
  const get = async (headers: Readonly<Record<string, string>>): Promise<unknown> => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers })
    return [response.status, response.headers.get('www-authenticate')?.split(' ')[0], await response.text()]
  }
  const found = [
    await get({ authorization: `Bearer ${TOKEN}` }),
    await get({ authorization: 'Bearer unknown' }),
    await get({}),
  ]
  const expected = [
    [200, undefined, '{"orders":[],"for":"alice"}'],
    [401, 'Bearer', '{"error":"invalid_token"}'],
    [401, 'Bearer', ''],
  ]
  return isDeepStrictEqual(found, expected) ? [] : [`the route ${path} of the guide: ${JSON.stringify(found)}`]
}
