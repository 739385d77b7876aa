import { describe, expect, test } from 'vitest'
import { findChromium } from '../../../packages/repository/src/site-check/find-chromium.ts'
import { reportMissing } from '../../../packages/server/test/databases/server-process.ts'
import { runProgram } from './run-program.ts'

const chromium = process.env['CHROMIUM'] ?? findChromium()
if (chromium === undefined) reportMissing('the example of a page in React', 'chromium')

describe.skipIf(chromium === undefined)('the page in React', () => {
  test('shows orders to who signs in, and nothing after the revocation', async () => {
    const environment = { CHROMIUM: chromium }
    const stdout = await runProgram('react-page/main.ts', { comparisons: 8, environment })
    expect(stdout).not.toMatch(/s3cr3t|wonderland/)
  })
})
