import { clientSecretBasic, type Fetch, IntrospectionClient } from '@token-introspection/client'
import { expect, test } from 'vitest'
import { serve } from '../loopback-server.ts'

test.each([
  ['undici', undefined],
  ['fetch', fetch],
] as [string, Fetch | undefined][])(
  'SEC-17 asks again, over %s, even if the last answer allowed HTTP caching',
  async (_, fetchToUse) => {
    let active = true
    await using server = await serve(({ response }) => {
      const headers = {
        'content-type': 'application/json',
        'cache-control': 'public, max-age=3600, s-maxage=3600, immutable',
        etag: '"1"',
      }
      response.writeHead(200, headers).end(JSON.stringify({ active }))
    })
    await using client = new IntrospectionClient({
      endpoint: `${server.origin}/introspect`,
      clientAuthentication: clientSecretBasic('api', 'secret'),
      transport: { allowHttpOnLoopback: true, fetch: fetchToUse },
    })
    expect(await client.introspect('abc')).toEqual({ active: true })
    active = false
    expect(await client.introspect('abc')).toEqual({ active: false })
    expect(server.requests).toHaveLength(2)
    expect(server.requests[1]?.headers).not.toHaveProperty('if-none-match')
  },
)
