import { expect, test } from 'vitest'
import { runProgram } from './run-program.ts'

test('the API in Express answers as expected, and shows no secret', async () => {
  expect(await runProgram('express-api/main.ts', { comparisons: 15 })).not.toContain('api-secret')
})
