// api.ts
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { clientSecretBasic, IntrospectionClient } from '@token-introspection/client'
import { sendRefusal, toGuardRequest } from '@token-introspection/client/node'
import { followFeed } from '@token-introspection/client/revocations'

const [, , name = 'orders', port = '3001'] = process.argv
const introspection = new IntrospectionClient({
  issuer: 'http://127.0.0.1:8080',
  transport: { allowHttpOnLoopback: true }, // for this page, which runs on one machine
  clientAuthentication: clientSecretBasic(`${name}-api`, `s3cr3t-of-${name}`),
  policy: { audience: `https://${name}.example.com` },
  cache: {},
  revocations: followFeed(),
})
const mayRead = introspection.guard({ scope: 'read' })

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const decision = await mayRead(toGuardRequest(request))
  if (!decision.allowed) return sendRefusal(decision, response)
  response.end(`${name}: a revocation is noticed within ${decision.liveness?.boundSeconds} s\n`)
}

createServer((request, response) => void answer(request, response)).listen(Number(port), '127.0.0.1')
