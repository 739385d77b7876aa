/** The types that a program on Node sees, from the entries that need Node's types. */
import { createServer, type RequestListener } from 'node:http'
import { nodeGuard, toGuardRequest } from '@token-introspection/client/node'
import { toNodeHandler } from '@token-introspection/server/node'
import { handler, introspection } from './typed-web.ts'

const guard = introspection.guard({ audience: 'https://orders.example.com' })
const mayRead = nodeGuard(guard)

export const listener: RequestListener = (request, response) => {
  void mayRead(request, response).then((token) => response.end(token?.tenant.toUpperCase()))
  void guard(toGuardRequest(request))
}

// @ts-expect-error -- only our own handlers have the plain-data form
toNodeHandler(handler)

createServer(listener)
