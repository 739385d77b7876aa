/** Cases for Node alone: certificates for the default transport, and guards for Node's own requests. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { nodeGuard } from '@token-introspection/client/node'
import { issueToken } from './server-requests.ts'
import { rejectionOf, withClient } from './smoke-client.ts'
import type { SmokeCase } from './smoke-input.ts'

export const NODE_CASES: Readonly<Record<string, SmokeCase>> = {
  async 'a private authority is trusted over TLS'(input) {
    const token = await issueToken(input)
    const endpoint = `${input.tls.server}/introspect`
    return withClient(input, { endpoint, transport: { tls: { ca: input.tls.ca } } }, async (client) => {
      const { active } = await client.introspect(token)
      return active
    })
  },

  async 'an authority nobody named is not trusted'(input) {
    const token = await issueToken(input)
    const endpoint = `${input.tls.server}/introspect`
    return withClient(input, { endpoint }, (client) => rejectionOf(client.introspect(token)))
  },

  async 'nodeGuard answers what may not pass'(input) {
    const token = await issueToken(input)
    return withClient(input, {}, async (client) => {
      const mayRead = nodeGuard(client.guard({ audience: 'urn:orders' }))
      const api = createServer((request, response) => {
        void mayRead(request, response).then((allowed) => allowed && response.end(`orders of ${allowed.sub}`))
      }).listen(0, '127.0.0.1')
      await once(api, 'listening')
      const get = async (presented: string): Promise<string> => {
        const response = await fetch(`http://127.0.0.1:${(api.address() as AddressInfo).port}`, {
          headers: { authorization: `Bearer ${presented}`, connection: 'close' },
        })
        return `${response.status} ${await response.text()}`
      }
      const answers = [await get(token), await get('unknown')]
      api.close()
      return answers
    })
  },
}
