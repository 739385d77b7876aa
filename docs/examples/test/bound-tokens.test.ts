import { describe, test } from 'vitest'
import { findProgram, reportMissing } from '../../../packages/server/test/databases/server-process.ts'
import { runProgram } from './run-program.ts'

const openssl = findProgram('openssl')
if (openssl === undefined) reportMissing('the example of bound tokens', 'openssl')

describe.skipIf(openssl === undefined)('the example of bound tokens', () => {
  test('refuses tokens that somebody else sends, over real TLS', async () => {
    await runProgram('bound-tokens/main.ts', { comparisons: 12 })
  })
})
