/** Our unsigned answer, and beside it one signature by jose. Several variants share this code. */
import type { HttpRequest, HttpResponse } from '@token-introspection/server'
import { toNodeHandler } from '@token-introspection/server/node'
import { CompactSign, generateKeyPair } from 'jose'
import { answerMembers, EXTENSION_CLAIMS, ISSUER } from '../../fixture.ts'
import { serveRequests } from '../../measure/serve-requests.ts'
import { createHandler } from './create-handler.ts'

/** Turns the process into a child program that signs and discards the signature. */
export function createJoseSignature(alg: 'ES256' | 'RS256'): void {
  serveRequests(async () => {
    const { introspection, tokens } = await createHandler()
    const { privateKey } = await generateKeyPair(alg)
    const answer = { active: true, ...answerMembers(), iss: ISSUER, ...EXTENSION_CLAIMS }
    const claims = { iss: ISSUER, aud: 'orders', iat: answer.iat, token_introspection: answer }
    const payload = new TextEncoder().encode(JSON.stringify(claims))
    const handle = async (request: HttpRequest): Promise<HttpResponse> => {
      const response = await introspection.handle(request)
      await new CompactSign(payload)
        .setProtectedHeader({ alg, kid: 'key-1', typ: 'token-introspection+jwt' })
        .sign(privateKey)
      return response
    }
    return { path: '/introspect', tokens, listener: toNodeHandler({ handle }) }
  })
}
