/** Which known word a misspelt word was meant to be. */

/** A longer word is no slip of the pen, and the comparison takes time that grows with the length. */
const MAX_LENGTH = 64

/** An option and its beginning, such as `maxAge` for `maxAgeSeconds`, share at least this many characters. */
const MIN_SHARED = 3

/**
 * The known word that is nearest to a misspelt one. Case does not count. A word of which the other is the beginning comes
 * first; after that, the word with the fewest characters to change, at most a third of the longer word.
 *
 * @returns `undefined` when no known word is near enough.
 */
export function nearestWord(word: string, known: readonly string[]): string | undefined {
  if (word.length > MAX_LENGTH) return undefined
  const misspelt = word.toLowerCase()
  let nearest: string | undefined
  let fewest = Number.POSITIVE_INFINITY
  for (const candidate of known) {
    const wanted = candidate.toLowerCase()
    const changes = isBeginning(misspelt, wanted) ? 0.5 : countChanges(misspelt, wanted)
    if (changes < fewest && changes <= Math.max(misspelt.length, wanted.length) / 3) {
      nearest = candidate
      fewest = changes
    }
  }
  return nearest
}

function isBeginning(one: string, other: string): boolean {
  if (Math.min(one.length, other.length) < MIN_SHARED) return false
  return one.startsWith(other) || other.startsWith(one)
}

/** How many characters to insert, delete, replace or exchange with their neighbour, to make one word of the other. */
function countChanges(one: string, other: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: other.length + 1 }, (_, column) => column)
  for (let row = 1; row <= one.length; row++) {
    const current = [row]
    for (let column = 1; column <= other.length; column++) {
      const isSame = one[row - 1] === other[column - 1]
      let changes = Math.min(at(last, column) + 1, at(current, column - 1) + 1, at(last, column - 1) + (isSame ? 0 : 1))
      const isExchange =
        row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1]
      if (isExchange) changes = Math.min(changes, at(beforeLast, column - 2) + 1)
      current.push(changes)
    }
    beforeLast = last
    last = current
  }
  return at(last, other.length)
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY
}
