/** Leaves values out of what the argument parser says, because a value may be a secret or a token in the wrong place. */

/** A command or an option as people type it. Everything else that is quoted may be a token. */
const WORD = /^(?:-{0,2}[a-z][a-z-]{0,24}|\d{1,9})$/

/** Shortens what is quoted: an option to its name, and everything that is no word to `…`. Leaves out a list of surplus arguments. */
export function withoutValues(message: string): string {
  return message.replace(/(but got \d+):.*$/s, '$1').replace(/'([^']*)'/g, (_, quoted: string) => {
    const name = quoted.startsWith('-') ? (quoted.split('=', 1)[0] ?? '') : quoted
    // Options with a parameter are quoted as they are declared, such as '--port <number>'.
    if (/^-[\w, -]+ <[\w-]+>$/.test(quoted)) return `'${quoted}'`
    return WORD.test(name) ? `'${name}'` : '…'
  })
}
