/** Scripts that run inside Redis, sent by their digest so that the text travels once. */
import type { MaybePromise } from '../promises/maybe-promise.ts'
import type { SendRedisCommand } from './redis-client.ts'

/** A script in Lua. */
export interface RedisScript {
  readonly text: string
  /** The SHA-1 of the text, by which a server finds the script: 40 hexadecimal digits. It is computed once, at the first use. */
  readonly digest: () => MaybePromise<string>
}

/** Creates a script. Create each script once, and not for each call. */
export function createRedisScript(text: string): RedisScript {
  let digest: MaybePromise<string> | undefined
  const compute = async (): Promise<string> => (digest = await digestText(text))
  return { text, digest: () => (digest ??= compute()) }
}

/**
 * Runs a script and returns its reply. A server forgets scripts when it restarts. It then refuses the digest without running
 * anything, and this function sends the text. So no script runs twice.
 *
 * @param keys - every key that the script touches, so that a cluster finds the right server.
 */
export async function runRedisScript(
  send: SendRedisCommand,
  { text, digest }: RedisScript,
  keys: readonly string[],
  values: readonly (string | number)[] = [],
): Promise<unknown> {
  const known = digest()
  const args = [typeof known === 'string' ? known : await known, String(keys.length), ...keys]
  for (const value of values) args.push(String(value))
  try {
    return await send('EVALSHA', args)
  } catch (error) {
    if (!isUnknownScript(error)) throw error
    return await send('EVAL', [text, ...args.slice(1)])
  }
}

function isUnknownScript(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('NOSCRIPT')
}

async function digestText(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-1', new TextEncoder().encode(text))
  return Array.from(new Uint8Array(digest), (octet) => octet.toString(16).padStart(2, '0')).join('')
}
