import { test } from 'vitest'
import { runProgram } from './run-program.ts'

/** The warning of the client whose server is down. */
const WARNING = /^\(.*\[ERR_TRANSPORT_UNREACHABLE\].*\n\(Use .*--trace-warnings.*\n$/

test('APIs with several issuers ask the server of each token, and no other', async () => {
  await runProgram('several-issuers/main.ts', { comparisons: 11, stderr: WARNING })
})
