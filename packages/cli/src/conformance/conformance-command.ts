/** The command `conformance`, as it is typed. */
import { Command } from 'commander'
import { withConnectionOptions } from '../connection/connection-options.ts'
import type { CommandContext } from '../program/command-context.ts'
import { type JsonFlag, jsonOption } from '../program/json-option.ts'
import { wholeNumber } from '../program/parse-number.ts'
import { createTerminal } from '../terminal/terminal.ts'
import type { ConformanceFlags } from './conformance-options.ts'

/** Creates the command. */
export function conformanceCommand({ surroundings, finish }: CommandContext): Command {
  const command = new Command('conformance')
    .summary('test an introspection endpoint against the standards')
    .description(
      'Tests an introspection endpoint against RFC 7662 and the standards around it, one request at a time. It sends wrong secrets and malformed requests, so it runs against this machine, or against a host that you confirm to be yours.',
    )
    .argument('[url]', 'the issuer, or the introspection endpoint')
    .option('--good-token-file <file>', 'a token that is meant for the caller (- reads standard input)')
    .option('--ended-token-file <file>', 'a token that is revoked or expired')
    .option('--host-is-mine <host...>', 'hosts that you may test')
    .option('--junit <file>', 'write a JUnit report, too')
    .option('--max-requests <number>', 'most requests to send', wholeNumber(1, 1000), 100)
    .option('--state <directory>', 'as for serve: a server of serve issues the tokens itself')
    .addOption(jsonOption())
  return withConnectionOptions(command).action(async (url: string | undefined, flags: ConformanceFlags & JsonFlag) => {
    // Loaded when it runs, so that no command waits for the others.
    const { runConformance } = await import('./run-conformance.ts')
    finish(await runConformance(url, flags, surroundings, createTerminal(surroundings, { isJson: flags.json })))
  })
}
