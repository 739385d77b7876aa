/** Reads the body of a web `Request` or `Response` up to a limit. */

/**
 * The octets of a body.
 *
 * @param body - `body` of a `Request` or a `Response`; the stream must not be locked.
 * @param signal - ends the wait: the rest of the body is then cancelled and not read.
 * @returns `undefined` if the body has more than `maxBytes`. The rest of it is then cancelled and not read.
 * @throws what the stream fails with, the reason of the signal, and TypeError for a chunk that is not octets: its length would not count.
 */
export async function readBody(
  body: ReadableStream<Uint8Array> | null,
  maxBytes: number,
  signal?: AbortSignal,
): Promise<Uint8Array | undefined> {
  if (body === null) return new Uint8Array()
  const reader = body.getReader()
  // This ends the wait of `read()` at once, also when the source never answers.
  signal?.addEventListener('abort', () => void reader.cancel().catch(() => undefined), { once: true })
  const chunks: Uint8Array[] = []
  let length = 0
  for (;;) {
    const { done, value } = await reader.read()
    signal?.throwIfAborted()
    if (done) return concat(chunks, length)
    if (!ArrayBuffer.isView(value)) {
      reader.cancel().catch(() => undefined)
      throw new TypeError('the body is a stream of something else than octets')
    }
    length += value.byteLength
    if (length > maxBytes) {
      // Not awaited: a sender that ignores the cancellation must not delay the answer.
      reader.cancel().catch(() => undefined)
      return undefined
    }
    chunks.push(value)
  }
}

function concat(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const [first] = chunks
  if (chunks.length === 1 && first !== undefined) return first
  const octets = new Uint8Array(length)
  let offset = 0
  for (const chunk of chunks) {
    octets.set(chunk, offset)
    offset += chunk.byteLength
  }
  return octets
}
