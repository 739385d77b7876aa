/** A changelog that somebody can read: entries by what they mean for the reader, in place of one list by file name. */

/** The words that an entry begins with, in the order of the changelog. */
export const KINDS = ['Security', 'Add', 'Change', 'Fix', 'Remove'] as const

/** What an entry means for the reader. */
export type Kind = (typeof KINDS)[number]

const START = new RegExp(`^(?:- )?(${KINDS.join('|')})\\b`)
const BULLET = /^- (?:[0-9a-f]{7,}: )?/
const FENCE = /^\s*(?:```|~~~)/

/** The word that a text begins with, if it is one of {@link KINDS}. */
export function kindOf(text: string): Kind | undefined {
  return START.exec(text)?.[1] as Kind | undefined
}

/**
 * Groups the entries of every version that `changeset version` has written. A version that is grouped already stays as it is.
 *
 * Lines about updated dependencies are left out: the packages have one version. The first version has only what was added, because nothing
 * had been released that could be changed, fixed or removed.
 *
 * @throws Error when an entry begins with none of {@link KINDS}.
 */
export function groupChangelog(changelog: string): string {
  const [title = '', ...versions] = changelog.split(/^(?=## )/m)
  const kinds = versions.length === 1 ? (['Add'] as const) : KINDS
  const grouped = versions.map((version) => (isWritten(version) ? groupVersion(version, kinds) : version))
  return `${[title, ...grouped].join('').trimEnd()}\n`
}

/** Whether `changeset version` has written it, and nobody has grouped it. */
function isWritten(version: string): boolean {
  return /^### (?:Major|Minor|Patch) Changes$/m.test(version)
}

function groupVersion(version: string, kinds: readonly Kind[]): string {
  const [heading = '', ...lines] = version.split('\n')
  const entries = bulletsOf(lines).flatMap(entriesOf)
  const groups = kinds.flatMap((kind) => {
    const texts = entries.filter((entry) => kindOf(entry) === kind)
    return texts.length === 0 ? [] : [`### ${kind}\n\n${texts.map(toBullet).join('\n')}`]
  })
  return `${[heading, ...groups].join('\n\n')}\n\n`
}

/** The text of each bullet at the margin, without its mark and the hash of its commit. */
function bulletsOf(lines: readonly string[]): string[] {
  const bullets: string[][] = []
  for (const line of lines) {
    if (BULLET.test(line)) bullets.push([line.replace(BULLET, '')])
    else if (!line.startsWith('#')) bullets.at(-1)?.push(line.replace(/^ {2}/, ''))
  }
  return bullets.map((bullet) => bullet.join('\n').trim()).filter((text) => !text.startsWith('Updated dependencies'))
}

/** A changeset may hold several entries. Each begins with a word of {@link KINDS}, after an empty line or as an item of a list. */
function entriesOf(text: string): string[] {
  const entries: string[][] = []
  let isFenced = false
  let isAfterGap = true
  let isItem = false
  for (const line of text.split('\n')) {
    const begins = !isFenced && kindOf(line) !== undefined && (isAfterGap || line.startsWith('- '))
    if (begins) {
      isItem = line.startsWith('- ')
      entries.push([line.replace(/^- /, '')])
    } else if (entries.length === 0) {
      throw new Error(`an entry of the changelog begins with none of ${KINDS.join(', ')}: "${line}"`)
    } else entries.at(-1)?.push(isItem ? line.replace(/^ {2}/, '') : line)
    if (FENCE.test(line)) isFenced = !isFenced
    isAfterGap = line.trim() === ''
  }
  return entries.map((entry) => entry.join('\n').trim())
}

/** The heading says the kind already, so `Fix: the lookup` becomes `The lookup`. */
function toBullet(text: string): string {
  const shown = text.replace(/^[A-Z][a-z]+: (.)/, (_, first: string) => first.toUpperCase())
  return `- ${shown.replaceAll(/\n(?=.)/g, '\n  ')}`
}
