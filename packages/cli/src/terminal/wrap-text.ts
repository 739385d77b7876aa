/** Breaks text at spaces, so that it fits the terminal. */
import { stripVTControlCharacters } from 'node:util'

/** The columns that a text takes. Colours take none. */
export function widthOf(text: string): number {
  return stripVTControlCharacters(text).length
}

/** Where a line may end. A clause, such as `RFC 7662 §2.2`, stays in one line. */
const BREAK = /(?<!\bRFC) (?!§)/

/** The lines of a text. A word that is longer than a line, such as a URL, stays whole, so that it can be copied. */
export function wrapText(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(BREAK)) {
    if (line !== '' && widthOf(line) + 1 + widthOf(word) > width) {
      lines.push(line)
      line = word
    } else {
      line = line === '' ? word : `${line} ${word}`
    }
  }
  return [...lines, line]
}
