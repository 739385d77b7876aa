import { expect, test } from 'vitest'
import { runProgram } from './run-program.ts'

/** The warning of the client about the outage. */
const WARNING = /^TokenIntrospectionWarning \[ERR_TRANSPORT_UNREACHABLE\].*\n$/

test('the API in Hono answers in workerd as it does elsewhere', async () => {
  const stdout = await runProgram('hono-worker/main.ts', { comparisons: 6, stderr: WARNING })
  expect(stdout).not.toContain('api-secret')
})
