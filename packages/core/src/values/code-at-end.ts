/** The code at the end of a message, in brackets, by which an operator finds the page about it. */

/** The message with the code at its end. A message that ends with this code stays as it is. */
export function withCode(message: string, code: string): string {
  return `${withoutCode(message, code)} [${code}]`.trimStart()
}

/** The message without this code at its end. */
export function withoutCode(message: string, code: string): string {
  const end = `[${code}]`
  return message.endsWith(end) ? message.slice(0, -end.length).trimEnd() : message
}
