/** Step `transport`: tests whether an introspection endpoint answers, whatever tokens other parties present. */
import { buildRequest, type RequestSettings } from '../build-request.ts'
import type { Deadlines } from '../deadline.ts'
import { askAboutMadeUpToken } from '../made-up-token.ts'
import type { Send } from '../transport.ts'
import { isOutageStatus } from './protect-send.ts'

/** The settings of the probe. */
export interface ProbeSettings extends RequestSettings {
  /** Sends past the circuit, because the probe decides about the circuit. */
  readonly send: Send
  readonly deadlines: Deadlines
}

/**
 * Asks about an invented token. Any answer means that the endpoint works. A rate limit (429) means neither.
 */
export async function probeEndpoint(
  endpoint: string,
  { send, deadlines, ...settings }: ProbeSettings,
): Promise<boolean> {
  const deadline = deadlines.start()
  try {
    const { status } = await send(await buildRequest(askAboutMadeUpToken(), endpoint, deadline, settings))
    return !isOutageStatus(status) && status !== 429
  } catch {
    return false
  } finally {
    deadline.settle()
  }
}
