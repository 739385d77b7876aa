/** The name of an error class, from its code. */

/** `ERR_TOKEN_TOO_LONG` gives `TokenTooLongError`. */
export function nameOfCode(code: string): string {
  const words = code.replace(/^ERR_/, '').toLowerCase().split('_')
  return `${words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')}Error`
}
