import { clientSecretBasic, clientSecretPost, type Fetch, IntrospectionClient } from '@token-introspection/client'
import { describe, expect, test } from 'vitest'
import { type LoopbackServer, serve } from '../loopback-server.ts'

describe.each([
  ['undici', undefined],
  ['fetch', fetch],
] as [string, Fetch | undefined][])('over %s', (_transport, fetchToUse) => {
  test.each([301, 302, 303, 307, 308])('REQ-26 does not follow %i, and sends nothing to its target', async (status) => {
    await using other = await serve(({ response }) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"active":true}'),
    )
    await using server = await serve(({ response }) =>
      response.writeHead(status, { location: `${other.origin}/introspect` }).end(),
    )
    for (const clientAuthentication of [clientSecretBasic('api', 'secret'), clientSecretPost('api', 'secret')]) {
      await using client = new IntrospectionClient({
        endpoint: `${server.origin}/introspect`,
        clientAuthentication,
        transport: { allowHttpOnLoopback: true, fetch: fetchToUse },
      })
      await expect(client.introspect('abc')).rejects.toMatchObject({ code: 'ERR_TRANSPORT_STATUS', status })
    }
    expect(server.requests).toHaveLength(2)
    expect(other.requests).toEqual([])
  })

  test('REQ-26 does not follow a redirect of the metadata', async () => {
    await using other = await serve(({ response }) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}'),
    )
    const server: LoopbackServer = await serve(({ response }) =>
      response.writeHead(302, { location: `${other.origin}/` }).end(),
    )
    await using _ = server
    await using client = new IntrospectionClient({
      issuer: server.origin,
      clientAuthentication: clientSecretBasic('api', 'secret'),
      transport: { allowHttpOnLoopback: true, fetch: fetchToUse },
    })
    await expect(client.introspect('abc')).rejects.toMatchObject({ code: 'ERR_TRANSPORT_STATUS', status: 302 })
    expect(server.requests).toHaveLength(2)
    expect(other.requests).toEqual([])
  })
})
