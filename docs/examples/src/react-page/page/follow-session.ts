/** Follows the events of the API until the session ends. */

/** How long to wait before the stream is opened again, when the connection broke. */
const RETRY_MS = 1000

/**
 * Resolves when the API refuses the token. A stream that ends may have another cause, such as a restart, so the page asks again.
 * `EventSource` sends no `Authorization` field, so this uses `fetch`.
 */
export async function followSession(headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<void> {
  for (;;) {
    const status = await readStream(headers, signal)
    if (status === 401) return
    if (status !== 200) await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
    signal.throwIfAborted()
  }
}

/** Reads a stream to its end. @returns its status, 0 when there is no connection. */
async function readStream(headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<number> {
  try {
    const response = await fetch('/orders/events', { headers, signal })
    await response.body?.pipeTo(new WritableStream())
    return response.status
  } catch {
    return 0
  }
}
