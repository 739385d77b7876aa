/** What must not be in the output of any command, whatever a server answers. */
import { Buffer } from 'node:buffer'
import { expect } from 'vitest'

/** Some of the characters of a secret, in a row. Fewer would be there by chance. */
const TELLING = 10

/** The ways in which the hostile servers of the tests repeat a text, whole. */
export const SPELLINGS: Readonly<Record<string, (text: string) => string>> = {
  'as it is': (text) => text,
  'in a URL': (text) => encodeURIComponent(text),
  'with every octet escaped': (text) => Buffer.from(text).toString('hex').replaceAll(/../g, '%$&'),
  'in hexadecimal': (text) => Buffer.from(text).toString('hex'),
  'in Base64': (text) => Buffer.from(text).toString('base64'),
  'in Base64 after other text': (text) => Buffer.from(`x ${text} y`).toString('base64url'),
}

/** Controls of terminals, in characters that a header field may have, and in any. */
export const CONTROLS = {
  inField: '\u009b31m\u00adhidden',
  inText: '\u001b]0;title\u0007\u001b[2J\r\n\u009b31m\u202egpj.exe\u0000\ud800\u{e0041}',
}

/** No control character but the line end, nothing that changes the direction of text, and no longer part of a secret in any spelling. */
export function expectHarmless(output: string, secrets: readonly string[]): void {
  expect(output).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u)
  for (const [how, spell] of Object.entries(SPELLINGS)) {
    for (const secret of secrets) expect(partIn(output, spell(secret)), `a secret ${how}`).toBeUndefined()
  }
}

function partIn(output: string, spelling: string): string | undefined {
  for (let start = 0; start + TELLING <= spelling.length; start += 1) {
    const part = spelling.slice(start, start + TELLING)
    if (output.includes(part)) return part
  }
  return undefined
}
