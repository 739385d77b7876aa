/** Each changeset begins with a word that says what it means for the reader. The changelog is sorted by it. */
import { expect, test } from 'vitest'
import { KINDS, kindOf } from '../src/release/group-changelog.ts'
import { readFiles } from '../src/workspace/workspace.ts'

test(`every changeset begins with ${KINDS.join(', ')}`, () => {
  const changesets = readFiles(['.changeset/*.md']).filter(({ path }) => !path.endsWith('/README.md'))
  const texts = changesets.map(({ path, text }) => ({ path, text: text.replace(/^---.*?^---\s*/ms, '') }))
  expect(texts.filter(({ text }) => kindOf(text) === undefined).map(({ path }) => path)).toEqual([])
})
