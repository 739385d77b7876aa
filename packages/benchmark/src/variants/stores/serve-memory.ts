/** Our handler over a memory store of so many tokens, asked as the server side is. */
import { toNodeHandler } from '@token-introspection/server/node'
import { createTokens } from '../../fixture.ts'
import { serveRequests } from '../../measure/serve-requests.ts'
import { createHandler } from '../server/create-handler.ts'

/** More than a processor keeps at hand, and few enough to hand over. */
const ASKED_ABOUT = 100_000

/** Turns a store of so many tokens into a child program; what it is asked about is spread over all of them. */
export function serveMemory(tokenCount: number): void {
  serveRequests(async () => {
    const { introspection, tokens } = await createHandler(createTokens(tokenCount))
    const every = Math.ceil(tokenCount / ASKED_ABOUT)
    const asked = tokens.filter((_, index) => index % every === 0)
    return { path: '/introspect', tokens: asked, listener: toNodeHandler(introspection) }
  })
}
