/** The tokens that requirements need: from options, or from a server of `serve`. */
import { findSecret } from '../secrets/read-secret.ts'
import type { IssueAnswer, RevokeAnswer } from '../serve/admin/admin-messages.ts'
import { findServer } from '../serve/admin/state-file.ts'
import type { Surroundings } from '../surroundings/surroundings.ts'
import { callServer } from '../tokens/call-server.ts'
import type { ConformanceFlags } from './conformance-options.ts'

/** Tokens of the server under test. */
export interface Tokens {
  readonly goodToken: string | undefined
  readonly endedToken: string | undefined
}

/** Finds the tokens. A server of `serve` on this machine issues them, and revokes one, if the options give none. */
export async function findTokens(url: string, flags: ConformanceFlags, surroundings: Surroundings): Promise<Tokens> {
  const goodToken = await findSecret(
    {
      what: 'good token',
      option: '--good-token-file',
      path: flags.goodTokenFile,
      variable: 'TOKEN_INTROSPECTION_GOOD_TOKEN',
    },
    surroundings,
  )
  const endedToken = await findSecret(
    {
      what: 'ended token',
      option: '--ended-token-file',
      path: flags.endedTokenFile,
      variable: 'TOKEN_INTROSPECTION_ENDED_TOKEN',
    },
    surroundings,
  )
  if (goodToken !== undefined || endedToken !== undefined) return { goodToken, endedToken }
  return (await issueAtServe(url, flags, surroundings)) ?? { goodToken, endedToken }
}

async function issueAtServe(
  url: string,
  { state }: ConformanceFlags,
  surroundings: Surroundings,
): Promise<Tokens | undefined> {
  const port = Number(new URL(url).port)
  const server = { port, ...(state !== undefined && { state }) }
  try {
    const { url: served } = await findServer({ state, port }, surroundings)
    if (new URL(served).origin !== new URL(url).origin) return undefined
  } catch {
    // It is another server.
    return undefined
  }
  const issue = async (): Promise<string> => {
    const call = { sub: 'conformance', scope: 'conformance', expiresInSeconds: 600 }
    return (await callServer<IssueAnswer>('issue', call, server, surroundings)).access_token
  }
  const [goodToken, endedToken] = [await issue(), await issue()]
  await callServer<RevokeAnswer>('revoke', { token: endedToken }, server, surroundings)
  return { goodToken, endedToken }
}
