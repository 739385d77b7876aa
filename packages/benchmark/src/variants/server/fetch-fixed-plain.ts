/** A second yardstick: fixed JSON behind the plain adapter, with the global `Request` and `Response`. */
import { createTokens } from '../../fixture.ts'
import { serveRequests } from '../../measure/serve-requests.ts'
import { createFixedAnswer } from './create-fixed-answer.ts'
import { plainAdapter } from './plain-adapter.ts'

serveRequests(() => ({
  path: '/introspect',
  tokens: createTokens(),
  listener: plainAdapter(createFixedAnswer()),
}))
