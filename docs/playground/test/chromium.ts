/** Chromium for tests: the one of the machine. */
import { spawnSync } from 'node:child_process'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'chrome']

/**
 * The path of Chromium; `undefined`, with a notice, when there is none.
 *
 * @throws Error when `CI_REQUIRE_BROWSER` is 1 and there is none.
 */
export function findChromium(): string | undefined {
  const { stdout } = spawnSync('sh', ['-c', `command -v ${NAMES.join(' ')} | head -n 1`], { encoding: 'utf8' })
  const path = process.env['CHROMIUM_PATH'] ?? stdout.trim()
  if (path !== '') return path
  const notice = 'the tests of the playground page are skipped: install chromium, or set CHROMIUM_PATH'
  if (process.env['CI_REQUIRE_BROWSER'] === '1') throw new Error(notice)
  console.warn(`notice: ${notice}`)
  return undefined
}
