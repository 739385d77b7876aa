/** The signs of the program for terminals that show ASCII alone. */
import type { Environment } from '../surroundings/surroundings.ts'

/** Each sign, and the letter in its place. One column stays one column, so that tables stay aligned. */
const PLAIN: Readonly<Record<string, string>> = { '§': 's', '✓': '+', '✗': 'x', '→': '>', '…': '~' }

/** Whether the terminal shows more than ASCII. The locale of the environment says so. Without one it does, as most do today. */
export function showsUnicode(environment: Environment): boolean {
  const locale = environment['LC_ALL'] || environment['LC_CTYPE'] || environment['LANG'] || ''
  return locale === '' || /utf-?8/i.test(locale)
}

/** The text with a letter in place of each sign. Letters of names and of answers stay as they are. */
export function plainText(text: string): string {
  return text.replaceAll(/[§✓✗→…]/g, (sign) => PLAIN[sign] ?? sign)
}
