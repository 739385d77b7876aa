import { expect, test } from 'vitest'
import { runProgram } from './run-program.ts'

test('the API in Nest closes every route that is not public', async () => {
  expect(await runProgram('nest-api/main.ts', { comparisons: 9 })).not.toContain('api-secret')
})
