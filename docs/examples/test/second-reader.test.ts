/** Runs the reader of the revocation feed in Python. It was written from docs/revocation-feed.md alone. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

const READER = join(import.meta.dirname, '../src/second-reader/revocation_feed.py')
const VECTORS = join(import.meta.dirname, '../../../packages/testing/src/vectors/revocation-feed.json')

const isInstalled = spawnSync('python3', ['--version']).status === 0
if (!isInstalled) {
  const notice = 'the second reader of the revocation feed did not run: install python3'
  if (process.env['CI_REQUIRE_RUNTIMES'] === '1') throw new Error(notice)
  console.warn(notice)
}

describe.skipIf(!isInstalled)('the second reader', () => {
  test('passes every vector', () => {
    const { stdout, stderr, status } = spawnSync('python3', [READER, 'vectors', VECTORS], { encoding: 'utf8' })
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 })
    for (const list of ['digests', 'keys', 'pages', 'streams', 'histories']) {
      expect(stdout).toMatch(new RegExp(`^${list}: (\\d+) of \\1$`, 'm'))
    }
  })
})
