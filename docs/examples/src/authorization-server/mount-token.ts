/** Mounts a token endpoint in Fastify, which refuses forms with 415 until it has a parser for them. */
import type { FastifyInstance } from 'fastify'

/** Mounts the endpoint at `POST /token`. */
export function mountToken(app: FastifyInstance, token: (request: Request) => Promise<Response>): void {
  app.register(async (scope) => {
    scope.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string' },
      async (_: unknown, body: string) => body,
    )
    scope.post<{ Body: string }>('/token', ({ headers, body }) => {
      const { authorization, 'content-type': type = '' } = headers
      const fields = { 'content-type': type, ...(authorization && { authorization }) }
      return token(new Request('https://as.example.com/token', { method: 'POST', headers: fields, body }))
    })
  })
}
