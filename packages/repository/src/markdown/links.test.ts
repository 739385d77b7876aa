import { expect, test } from 'vitest'
import { leadsElsewhere, linkedPaths, readLinks, resolveLink } from './links.ts'

test.each([
  ['a link', '[a](b.md)', 'b.md'],
  ['a link of code', '[`a`](b.md)', 'b.md'],
  ['a link with a title', '[a](b.md "title")', 'b.md'],
  ['an image', '![a](b.png)', 'b.png'],
  ['a reference', '[a]: b.md', 'b.md'],
])('reads %s', (_, markdown, target) => {
  expect(readLinks(markdown)).toEqual([target])
})

test.each(['`[a](b.md)`', '```ts\n[a](b.md)\n```', '[a] (b.md)'])('reads no link in %j', (markdown) => {
  expect(readLinks(markdown)).toEqual([])
})

test.each([
  ['https://example.com', true],
  ['mailto:a@example.com', true],
  ['//example.com', true],
  ['#heading', true],
  ['b.md', false],
  ['../b.md#heading', false],
])('knows whether %s leads elsewhere', (target, elsewhere) => {
  expect(leadsElsewhere(target)).toBe(elsewhere)
})

test.each([
  ['b.md', 'README.md', 'b.md'],
  ['b.md', 'docs/a.md', 'docs/b.md'],
  ['../packages/core/', 'docs/a.md', 'packages/core'],
  ['./b.md#heading', 'docs/a.md', 'docs/b.md'],
  ['with%20space.md', 'docs/a.md', 'docs/with space.md'],
])('resolves %s in %s', (target, page, path) => {
  expect(resolveLink(target, page)).toBe(path)
})

test('keeps the paths of links into the repository', () => {
  expect(linkedPaths('[a](b.md) [c](https://example.com) [d](#e)', 'docs/a.md')).toEqual(['docs/b.md'])
})
