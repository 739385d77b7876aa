/** SPINE: a token in, an explanation and a decision out. */
import { asMisuse, createClient, openConnection } from '../connection/open-connection.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import type { Surroundings } from '../surroundings/surroundings.ts'
import type { Terminal } from '../terminal/terminal.ts'
import type { InspectFlags } from './inspect-options.ts'
import { toInspection } from './inspection.ts'
import { judgeToken, policyOf } from './judge-token.ts'
import { readToken } from './read-token.ts'
import { showInspection } from './show-inspection.ts'

/** Asks about a token once. Ends with 0 when a guard would let it pass, with 1 when not, and with 3 when it could not be checked. */
export async function runInspect(
  argument: string | undefined,
  flags: InspectFlags,
  surroundings: Surroundings,
  terminal: Terminal,
): Promise<ExitCode> {
  const token = await readToken(argument, flags, surroundings, terminal)
  const connection = await openConnection(flags, surroundings)
  surroundings.stop.addEventListener('abort', () => void connection.close())
  connection.secrets.add(token, `the token, ${token.length} characters`)
  const client = await createClient({
    ...connection.clientOptions,
    ...(flags.hint !== undefined && { token: { tokenTypeHint: flags.hint } }),
  })
  try {
    const judgement = await asMisuse(() => judgeToken(client, token, policyOf(flags)))
    const nowMs = surroundings.now()
    const inspection = toInspection(connection.exchanges, judgement, { issuer: connection.clientOptions.issuer, nowMs })
    terminal.print(showInspection(inspection, connection.secrets))
    const { allowed, reason } = judgement.explanation
    if (allowed) return EXIT.good
    return reason === undefined || reason === 'unavailable' ? EXIT.unable : EXIT.no
  } finally {
    await client.close()
    await connection.close()
  }
}
