/** Every code of an error or a warning has its page and its row, and every page is about a code. */
import { readdirSync, readFileSync } from 'node:fs'
import * as client from '@token-introspection/client'
import * as core from '@token-introspection/core'
import * as server from '@token-introspection/server'
import { expect, test } from 'vitest'
import { findCodes, findLacks, pageOf, readCodeRows } from '../src/error-codes/error-codes.ts'
import { readFiles } from '../src/workspace/workspace.ts'

const FOLDER = 'docs/reference/errors'
/** The pages about no single code. */
const OTHERS = new Set(['README.md', 'by-status.md'])

const sources = readFiles(['packages/{core,client,server,testing,cli}/src/**/*.ts']).filter(
  ({ path }) => !path.endsWith('.test.ts'),
)
const warning = sources.filter(({ path }) =>
  [
    'packages/client/src/resolve-options.ts',
    'packages/client/src/events/warnings.ts',
    'packages/server/src/events/warning.ts',
  ].includes(path),
)
const codes = findCodes(sources, warning)
const rows = readCodeRows(readPage('README.md'))

function readPage(name: string): string {
  return readFileSync(`${FOLDER}/${name}`, 'utf8')
}

test('finds codes', () => {
  expect(codes).toContain('ERR_TRANSPORT_TIMEOUT')
  expect(codes).toContain('invalid-answer')
  expect(codes).toContain('clock_differs')
})

test('every code has a row, and every row a code', () => {
  expect(rows.map(({ code }) => code).toSorted()).toEqual(codes)
  expect(rows.map(({ page }) => page)).toEqual(rows.map(({ code }) => pageOf(code)))
})

test('every code has a page, and every page a code', () => {
  const pages = readdirSync(FOLDER).filter((name) => !OTHERS.has(name))
  expect(pages.toSorted()).toEqual(codes.map(pageOf).toSorted())
})

test.each(rows)('the page of $code is complete', (row) => {
  expect(findLacks(readPage(row.page), row)).toEqual([])
})

type ErrorClass = new (...given: unknown[]) => core.IntrospectionError

const classes = Object.entries({ ...core, ...client, ...server }).flatMap(([name, value]) => {
  const isError = typeof value === 'function' && value.prototype instanceof core.IntrospectionError
  return isError ? [[name, value as unknown as ErrorClass] as const] : []
})

test('finds classes', () => {
  expect(classes.length).toBeGreaterThan(40)
})

test.each(classes)('%s has a code, at the end of its message, and is retryable as its page says', (_, Class) => {
  const error = new Class('it failed', { status: 500 })
  expect(Class).toHaveProperty('code', error.code)
  expect(error.message.split(` [${error.code}]`)).toHaveLength(2)
  expect(error.message.endsWith(` [${error.code}]`)).toBe(true)
  const row = rows.find(({ code }) => code === error.code)
  expect(row?.retryable.startsWith('yes')).toBe(error.retryable)
})

test('the page about statuses leads to every error that a guard or a handler answers with', () => {
  const page = readPage('by-status.md')
  const answered = codes.filter((code) => code.startsWith('ERR_') && !NOT_ANSWERED.has(code))
  expect(answered.filter((code) => !page.includes(`](${pageOf(code)})`))).toEqual([])
})

/** Errors that change no answer. */
const NOT_ANSWERED = new Set(['ERR_CACHE_STORE', 'ERR_REVOCATION_SECRET', 'ERR_WATCH_ENDED', 'ERR_WATCH_OVERLOADED'])
