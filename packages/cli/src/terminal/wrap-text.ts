/** Breaks text at spaces, so that it fits the terminal. */
import { stripVTControlCharacters } from 'node:util'

/** The columns that a text takes. Colours take none. */
export function widthOf(text: string): number {
  return stripVTControlCharacters(text).length
}

/** The lines of a text. A word that is longer than a line, such as a URL, stays whole, so that it can be copied. */
export function wrapText(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && widthOf(line) + 1 + widthOf(word) > width) {
      lines.push(line)
      line = word
    } else {
      line = line === '' ? word : `${line} ${word}`
    }
  }
  return [...lines, line]
}
