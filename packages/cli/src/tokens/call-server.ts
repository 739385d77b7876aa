/** Calls the running server by its admin path. */
import { request } from 'undici'
import { UnableError } from '../errors.ts'
import { ADMIN_PATHS } from '../serve/admin/admin-messages.ts'
import { findServer } from '../serve/admin/state-file.ts'
import type { Surroundings } from '../surroundings/surroundings.ts'

/** Which server to call. */
export interface ServerFlags {
  readonly port: number
  readonly state?: string
}

/** Milliseconds for one call. The server is on this machine. */
const TIMEOUT_MS = 5000

/**
 * Calls one operation.
 *
 * @throws UnableError when there is no server, or it refuses. The message of the server names the member that is wrong.
 */
export async function callServer<Answer>(
  operation: keyof typeof ADMIN_PATHS,
  call: object,
  { port, state }: ServerFlags,
  surroundings: Pick<Surroundings, 'environment' | 'files'>,
): Promise<Answer> {
  const server = await findServer({ state, port }, surroundings)
  const { statusCode, text } = await send(`${server.url}${ADMIN_PATHS[operation]}`, server.secret, call)
  if (statusCode === 200) return JSON.parse(text) as Answer
  throw new UnableError(refusalOf(statusCode, text, server.url))
}

async function send(url: string, secret: string, call: object): Promise<{ statusCode: number; text: string }> {
  try {
    const { statusCode, body } = await request(url, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
      body: JSON.stringify(call),
      headersTimeout: TIMEOUT_MS,
      bodyTimeout: TIMEOUT_MS,
    })
    return { statusCode, text: await body.text() }
  } catch (error) {
    throw new UnableError(
      `the server at ${new URL(url).origin} does not answer. It may have stopped without removing its state file: start it again`,
      { cause: error },
    )
  }
}

function refusalOf(statusCode: number, text: string, url: string): string {
  if (statusCode === 401)
    return `the server at ${url} was started anew by another user or another --state: it does not know our secret`
  try {
    const { error } = JSON.parse(text) as { readonly error?: unknown }
    if (typeof error === 'string') return `the server at ${url} refuses: ${error}`
  } catch {}
  return `${url} answers with status ${statusCode}, so it is not a server of "token-introspection serve"`
}
