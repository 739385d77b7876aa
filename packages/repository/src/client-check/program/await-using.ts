/** `await using` is in its own module because Node 22 cannot parse it. */
import { issueToken } from './server-requests.ts'
import { createClient, rejectionOf } from './smoke-client.ts'
import type { SmokeCase } from './smoke-input.ts'

export const AWAIT_USING_CASES: Readonly<Record<string, SmokeCase>> = {
  async '`await using` closes a client'(input) {
    const token = await issueToken(input)
    const active = async () => {
      await using client = createClient(input)
      return { client, active: (await client.introspect(token)).active }
    }
    const { client, active: before } = await active()
    return { active: before, later: await rejectionOf(client.introspect(token)) }
  },
}
