/** Complaints about names and words that are not known, with the known one that is nearest. */
import { nearestWord } from './nearest-word.ts'

/** The complaint about an unknown option. It names the options that are known in its place. */
export function sayUnknown(name: string, known: readonly string[]): string {
  return `unknown option${suggest(name, known)}; known here: ${known.join(', ')}`
}

/** A question such as ` (did you mean cache?)`, to append to a complaint. Empty when no known word is near. */
export function suggest(word: string, known: readonly string[]): string {
  const nearest = nearestWord(word, known)
  return nearest === undefined ? '' : ` (did you mean ${nearest}?)`
}
