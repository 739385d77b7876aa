/** The route handler of Next that runs the cases. The body of a request is the input, and its response has the lines. */
import { AWAIT_USING_CASES } from './await-using.ts'
import { NODE_CASES } from './node-cases.ts'
import { answerSmokeCases } from './run-smoke-cases.ts'
import { SMOKE_CASES } from './smoke-cases.ts'
import { STREAM_CASES } from './stream-cases.ts'

export function POST(request: Request): Promise<Response> {
  return answerSmokeCases({ ...SMOKE_CASES, ...STREAM_CASES, ...NODE_CASES, ...AWAIT_USING_CASES }, request)
}
