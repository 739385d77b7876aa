/** The route of one order. */
import { mayRead, mayWrite } from '../../../lib/introspection.ts'
import { withToken } from '../../../lib/with-token.ts'

interface Context {
  readonly params: Promise<{ readonly id: string }>
}

export const GET = withToken<Context>(mayRead, async (_request, token, { params }) =>
  Response.json({ order: (await params).id, for: token.sub }),
)

export const DELETE = withToken<Context>(mayWrite, () => new Response(null, { status: 204 }))
