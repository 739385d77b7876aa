import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { describe, expect, test } from 'vitest'
import * as undici from 'undici'
import { serve } from '../../test/loopback-server.ts'
import { serveProxy } from '../../test/proxy-server.ts'
import { createConnectionPools } from './connection-pools.node.ts'

describe('an event stream through a proxy', () => {
  test('is broken off when the pools are closed', async () => {
    const opened = Promise.withResolvers<ServerResponse>()
    await using server = await serve(({ response }) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n')
      opened.resolve(response)
    })
    await using proxy = await serveProxy()
    const proxies = { httpProxy: proxy.origin, httpsProxy: '', noProxy: '', skipsLoopback: false }
    const pools = createConnectionPools({ maxConnections: 1, connectTimeoutMs: 1000 }, proxies)
    const dispatcher = pools.find(server.origin, 'stream', undici)
    const { body } = await dispatcher.request({ origin: server.origin, path: '/feed', method: 'GET' })
    const reading = body.text().catch((error: unknown) => error)
    const response = await opened.promise
    await Promise.all([pools.close(), once(response, 'close')])
    expect(await reading).toBeInstanceOf(Error)
    expect(proxy.asked).toEqual([`GET ${server.origin}/feed -`])
  })
})
