/** Step `transport`: whether an introspection endpoint answers at all, whatever tokens others present. */
import { encodeBase64url } from '@token-introspection/core'
import { buildRequest, type RequestSettings } from '../build-request.ts'
import type { Deadlines } from '../deadline.ts'
import type { Send } from '../transport.ts'
import { isOutageStatus } from './protect-send.ts'

/** What asking needs. */
export interface ProbeSettings extends RequestSettings {
  /** Past the circuit, which is what the answer is for. */
  readonly send: Send
  readonly deadlines: Deadlines
}

/**
 * Asks about a token that is made up here: 256 random bits, which no server has issued. Nobody else can make the endpoint fail
 * for it, so any answer says that the endpoint is there. A limit that is used up says neither.
 */
export async function probeEndpoint(
  endpoint: string,
  { send, deadlines, ...settings }: ProbeSettings,
): Promise<boolean> {
  const deadline = deadlines.start()
  const token = encodeBase64url(crypto.getRandomValues(new Uint8Array(32)))
  try {
    const question = { token, fingerprint: token, tokenTypeHint: undefined, parameters: undefined }
    const { status } = await send(await buildRequest(question, endpoint, deadline, settings))
    return !isOutageStatus(status) && status !== 429
  } catch {
    return false
  } finally {
    deadline.settle()
  }
}
