/** Leaves values out of what the argument parser says, because a value may be a secret or a token in the wrong place. */

/** A command or an option as people type it. Everything else that is quoted may be a token. */
const WORD = /^(?:-{0,2}[a-z][a-z-]{0,24}|\d{1,9})$/

/** How the parser begins when the value of an option is wrong. It quotes the option as it is declared, such as '--port <number>'. */
const DECLARED_OPTION = /^(?:error: )?option '-[\w, -]+ <[\w.-]+>'/

/**
 * Shortens what the parser quotes: an option to its name, and everything that is no word to `…`. Leaves out a list of surplus
 * arguments. A value may have quotes itself, so it ends with the last quote of the message.
 */
export function withoutValues(message: string): string {
  const text = message.replace(/(but got \d+):.*$/s, '$1')
  const start = text.indexOf("'", DECLARED_OPTION.exec(text)?.[0].length ?? 0)
  const end = text.lastIndexOf("'")
  if (start === -1) return text
  return text.slice(0, start) + shown(text.slice(start + 1, end)) + text.slice(end + 1)
}

function shown(quoted: string): string {
  const name = quoted.startsWith('-') ? (quoted.split('=', 1)[0] ?? '') : quoted
  return WORD.test(name) ? `'${name}'` : '…'
}
