/** Compares digests in constant time. */

/** Whether two digests of one length are equal. It reads every character, wherever the first difference is. */
export function equalDigests(a: string, b: string): boolean {
  let difference = a.length ^ b.length
  for (let index = 0; index < a.length; index++) difference |= a.charCodeAt(index) ^ b.charCodeAt(index)
  return difference === 0
}
