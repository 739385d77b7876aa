/** Posts JSON to a program of the cases. */

/** The text of the answer. @throws DOMException `TimeoutError` when it takes longer. */
export async function postJson(url: string, body: object, timeoutMs: number): Promise<string> {
  const response = await fetch(url, {
    method: 'POST',
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(timeoutMs),
  })
  return response.text()
}
