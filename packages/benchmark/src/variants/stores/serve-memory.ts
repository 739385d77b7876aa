/** Our handler over a memory store of the given size, under the same load as the server side. */
import { toNodeHandler } from '@token-introspection/server/node'
import { createTokens } from '../../fixture.ts'
import { serveRequests } from '../../measure/serve-requests.ts'
import { createHandler } from '../server/create-handler.ts'

/** More tokens than the caches of the processor hold, and few enough to send to the load process. */
const ASKED_ABOUT = 100_000

/** Turns a store of the given size into a child program. The requested tokens are spread over all of them. */
export function serveMemory(tokenCount: number): void {
  serveRequests(async () => {
    const { introspection, tokens } = await createHandler(createTokens(tokenCount))
    const every = Math.ceil(tokenCount / ASKED_ABOUT)
    const asked = tokens.filter((_, index) => index % every === 0)
    return { path: '/introspect', tokens: asked, listener: toNodeHandler(introspection) }
  })
}
