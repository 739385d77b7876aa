/** An API whose users come from several authorization servers. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { ActiveIntrospectionResult, GuardRequest, Refusal } from '@token-introspection/client'
import { applyDecision, toGuardRequest } from '@token-introspection/client/node'

/** A guard whose decisions name the issuer of the token. */
type IssuerGuard = (request: GuardRequest) => Promise<Allowed | Refusal>

interface Allowed {
  readonly allowed: true
  readonly issuer: string
  readonly token: ActiveIntrospectionResult
  readonly headers: Readonly<Record<string, string>>
}

/** Creates the API. It does not listen yet. */
export function createApi(mayRead: IssuerGuard): Server {
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const decision = await mayRead(toGuardRequest(request))
    if (!applyDecision(decision, response)) return
    // Users of two servers may have the same `sub`, so the key of a user needs both.
    const user = `${decision.issuer}/${decision.token.sub}`
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ user }))
  }
  return createServer((request, response) => {
    answer(request, response).catch(() => response.writeHead(500).end())
  })
}
