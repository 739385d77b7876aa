/** Text as one word of a command line that people copy. */
import { visibleText } from '@token-introspection/core'

/** Characters that mean nothing to a shell. */
const PLAIN = /^[\w@%+=:,./-]+$/

/** The text, in single quotes where a shell would read more into it. */
export function shellWord(text: string): string {
  return PLAIN.test(text) ? text : `'${visibleText(text).replaceAll("'", "'\\''")}'`
}
