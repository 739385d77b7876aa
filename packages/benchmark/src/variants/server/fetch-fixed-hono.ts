/** A second yardstick: fixed JSON behind `@hono/node-server`. */
import { getRequestListener } from '@hono/node-server'
import { createTokens } from '../../fixture.ts'
import { serveRequests } from '../../measure/serve-requests.ts'
import { createFixedAnswer } from './create-fixed-answer.ts'

serveRequests(() => {
  const listener = getRequestListener(createFixedAnswer())
  return {
    path: '/introspect',
    tokens: createTokens(),
    listener: (request, response) => void listener(request, response),
  }
})
