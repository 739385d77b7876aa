/** Pictures say in words what they show, and their steps are those of the architecture. */
import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ROOT, readFiles } from '../src/workspace/workspace.ts'

const pages = readFiles(['README.md', 'docs/**/*.md'])
const architecture = readFileSync(join(ROOT, 'docs/architecture.md'), 'utf8')

/** The words of the first table under a heading. */
function readSteps(heading: string): string[] {
  const section = architecture.split(/^## /m).find((text) => text.startsWith(heading)) ?? ''
  const [table = ''] = section.split('\n\n').filter((text) => text.startsWith('| step |'))
  return [...table.matchAll(/^\| `(\w+)` \|/gm)].map(([, word = '']) => word)
}

function readBoxes(name: string): string[] {
  const picture = readFileSync(join(ROOT, 'docs/pictures', name), 'utf8')
  return [...picture.matchAll(/class="code strong">(\w+)</g)].map(([, word = '']) => word)
}

describe.each(readFiles(['docs/pictures/*.svg']))('$path', ({ path, text }) => {
  test('has a title and a description, and loads nothing', () => {
    expect(text).toMatch(/<title id="\w+">[^<]{5,}<\/title>\s+<desc id="\w+">[^<]{40,}<\/desc>/)
    expect(text).toContain('prefers-color-scheme: dark')
    expect(text).not.toMatch(/<script|<image|href=|@import|url\((?!#)/)
  })

  test('stands on a page, with words for those who do not see it', () => {
    const alternatives = pages.flatMap((page) =>
      [...page.text.matchAll(/!\[([^\]]*)\]\(([^)\s]+)\)/g)]
        .filter(([, , target = '']) => basename(target) === basename(path))
        .map(([, alternative = '']) => alternative),
    )
    expect(alternatives).not.toEqual([])
    for (const alternative of alternatives) expect(alternative.length).toBeGreaterThan(40)
  })
})

test('the picture of the client has the steps of the architecture', () => {
  expect(readBoxes('client-pipeline.svg')).toEqual(readSteps('Client: token in, answer out'))
})

test('the picture of the authorization server has its steps, without those of the feed', () => {
  const steps = readSteps('Server: request in, response out').filter((word) => word !== 'feed')
  expect(readBoxes('server-pipeline.svg').toSorted()).toEqual(steps.toSorted())
})
