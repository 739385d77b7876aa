import { describe, expect, test } from 'vitest'
import { checkStandards } from './check-standards.ts'
import { readCitations } from './citations.ts'
import { readStandardsPage } from './standards-page.ts'

const CODE = 'packages/core/src/values/scope.ts'
const TEST = 'packages/core/test/scope.test.ts'
const citations = readCitations([{ path: TEST, text: "test('REQ-01 holds', () => {})" }])

const HEADER = '| id | clause | requirement | code | test |\n|---|---|---|---|---|\n'
const OPEN_HEADER = '\n## Not yet\n\n| id | reason |\n|---|---|\n'
const ROW = `| REQ-01 | RFC 7662 §2.1 | asks | \`${CODE}\` | \`${TEST}\` |\n`

const exists = (path: string): boolean => [CODE, TEST].includes(path)

function check(markdown: string): string[] {
  return checkStandards(readStandardsPage(markdown, 'docs/standards.md'), { citations, exists })
}

describe('checkStandards', () => {
  test.each([
    ['a claim with its code and its test', HEADER + ROW],
    ['links from the page', `${HEADER}| REQ-01 | c | r | [scope](../${CODE}) | [\`x/y.ts\`](../${TEST}) |\n`],
    ['an open requirement', `${HEADER}${ROW}${OPEN_HEADER}| REQ-02 | no TLS of our own |\n`],
  ])('accepts %s', (_, markdown) => {
    expect(check(markdown)).toEqual([])
  })

  test.each([
    [
      'code that does not exist',
      ROW.replace(CODE, 'packages/core/src/gone.ts'),
      /names packages\/core\/src\/gone\.ts, which/,
    ],
    [
      'a test that is gone',
      ROW.replace(TEST, 'packages/core/gone.test.ts'),
      /names the test packages.*gone.*not exist/,
    ],
    ['a test that does not cite it', ROW.replace(TEST, CODE), /stands in no title of a test that runs in/],
    ['no code', ROW.replace(`\`${CODE}\``, ''), /names no file of code/],
    ['no test', ROW.replace(`\`${TEST}\``, 'yes'), /names no test/],
    ['a row that appears twice', ROW + ROW, /lines 3 and 4: REQ-01 stands twice/],
    ['a claim that is open as well', `${ROW}${OPEN_HEADER}| REQ-01 | later |\n`, /REQ-01 is both claimed and not yet/],
    ['an open row that appears twice', `${ROW}${OPEN_HEADER}| REQ-02 | a |\n| REQ-02 | b |\n`, /REQ-02 stands twice/],
    ['an open row without a reason', `${ROW}${OPEN_HEADER}| REQ-02 | |\n`, /REQ-02 has no reason/],
    ['a malformed identifier', `${ROW}${ROW.replace('REQ-01', 'REQ-1')}`, /"REQ-1" is no identifier/],
    [
      'a citation without a row',
      '',
      /^REQ-01 is tested in packages\/core\/test\/scope\.test\.ts but stands in no row$/,
    ],
    ['a test of an open requirement', `\n${OPEN_HEADER}| REQ-01 | later |\n`, /REQ-01 is tested in .* "Not yet"/],
  ])('reports %s', (_, rows, complaint) => {
    expect(check(HEADER + rows)).toContainEqual(expect.stringMatching(complaint))
  })
})

describe('readStandardsPage', () => {
  test.each([
    ['a table of claims', '| id | clause |\n|---|---|\n| REQ-01 | c |\n'],
    ['a table of open rows', '## Not yet\n\n| id | why |\n|---|---|\n| REQ-01 | later |\n'],
    ['a row with a cell too few', `${HEADER}| REQ-01 | c | r |\n`],
  ])('refuses %s with other columns', (_, markdown) => {
    expect(() => check(markdown)).toThrow('line')
  })
})

describe('readCitations', () => {
  test.each([
    ['a test that is skipped', "test.skip('REQ-01 holds', () => {})"],
    ['a comment', '// REQ-01'],
    ['an unknown prefix', "test('ABC-01 holds', () => {})"],
    ['a longer number', "test('REQ-012 holds', () => {})"],
  ])('takes no citation from %s', (_, text) => {
    expect(readCitations([{ path: TEST, text }]).size).toBe(0)
  })

  test('takes two from one title, and one from two files', () => {
    const text = "test('REQ-01 AT-02 hold', () => {})"
    const found = readCitations([
      { path: 'packages/core/a.test.ts', text },
      { path: 'packages/core/b.test.ts', text },
    ])
    expect([...found].map(([id, files]) => [id, files.size])).toEqual([
      ['REQ-01', 2],
      ['AT-02', 2],
    ])
  })

  test('ignores the tests of this package', () => {
    expect(readCitations([{ path: 'packages/repository/a.test.ts', text: "test('REQ-01', () => {})" }]).size).toBe(0)
  })
})
