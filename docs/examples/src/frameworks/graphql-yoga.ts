/** GraphQL with Yoga: the guard decides before the query is parsed, and resolvers see the token. */
import type { ActiveIntrospectionResult } from '@token-introspection/client'
import { createSchema, createYoga } from 'graphql-yoga'
import { runExample } from '../checks/run-example.ts'

interface ServerContext {
  readonly token: ActiveIntrospectionResult
}

const yoga = createYoga<ServerContext>({
  schema: createSchema<ServerContext>({
    typeDefs: 'type Query { orders: [String!]! customer: String }',
    resolvers: { Query: { orders: () => ['1 book'], customer: (_root, _args, { token }) => token.sub } },
  }),
  logging: false,
})

process.exitCode = await runExample(async ({ as, introspection, expect }) => {
  const mayRead = introspection.guard({ scope: 'orders:read' })

  async function handle(request: Request): Promise<Response> {
    const decision = await mayRead(request)
    if (!decision.allowed) return decision.toResponse()
    return yoga.fetch(request, { token: decision.token })
  }

  const ask = (headers: Record<string, string> = {}) =>
    handle(
      new Request('https://orders.example.com/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ query: '{ orders customer }' }),
      }),
    )

  const token = await as.issueToken()
  expect('no token, no data', (await ask()).status, 401)
  const answer = await ask({ authorization: `Bearer ${token}` })
  expect('resolvers know the token', await answer.json(), { data: { orders: ['1 book'], customer: 'alice' } })
  await as.revokeToken(token)
  expect('until it is revoked', (await ask({ authorization: `Bearer ${token}` })).status, 401)
})
