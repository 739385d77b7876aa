/** The examples of the guides, for checks that run them. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../workspace/workspace.ts'
import { readCodeBlocks } from './code-blocks.ts'

/**
 * The first example in a language under a heading of a guide. The title of the guide is a heading, too.
 *
 * @throws Error when there is none.
 */
export function readGuideExample(guide: string, heading: string, language = 'ts'): string {
  const section = readFileSync(join(ROOT, 'docs', guide), 'utf8')
    .split(/^#{1,2} /m)
    .find((text) => text.startsWith(`${heading}\n`))
  const example = readCodeBlocks(section ?? '').find((block) => block.language === language)
  if (example === undefined) throw new Error(`docs/${guide}: no ${language} under ${heading}`)
  return `${example.text}\n`
}
