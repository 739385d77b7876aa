import { test } from 'vitest'
import { runProgram } from './run-program.ts'

test('APIs with several issuers ask the server of each token, and no other', async () => {
  await runProgram('several-issuers/main.ts', { comparisons: 11 })
})
