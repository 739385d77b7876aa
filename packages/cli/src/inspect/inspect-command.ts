/** The command `inspect`, as it is typed. */
import { Command } from 'commander'
import { withConnectionOptions } from '../connection/connection-options.ts'
import type { CommandContext } from '../program/command-context.ts'
import { type JsonFlag, jsonOption } from '../program/json-option.ts'
import { wholeNumber } from '../program/parse-number.ts'
import { createTerminal } from '../terminal/terminal.ts'
import type { InspectFlags } from './inspect-options.ts'

/** A year. */
const MAX_AGE_SECONDS = 31_536_000

/** Creates the command. */
export function inspectCommand({ surroundings, finish }: CommandContext): Command {
  const command = new Command('inspect')
    .summary('ask an authorization server about a token, and explain its answer')
    .description(
      'Asks an authorization server about a token, explains its answer, and says what a guard would decide. The token comes from standard input, unless an argument, a file or TOKEN_INTROSPECTION_TOKEN gives it.',
    )
    .argument('[token]', 'the token; other users can see it here, so pipe it in (- reads standard input)')
    .option('--token-file <file>', 'file with the token')
    .option('--hint <type>', 'send this token_type_hint')
    .addOption(jsonOption())
  withConnectionOptions(command)
    .optionsGroup('Policy of the guard:')
    .option('--audience <audience...>', 'audiences of your API')
    .option('--scope <scope>', 'scope that it requires')
    .option('--token-issuer <url>', 'issuer that the token must name')
    .option('--acr <value...>', 'authentication contexts, one of which is required')
    .option('--max-age <seconds>', 'longest time since the login', wholeNumber(0, MAX_AGE_SECONDS))
  return command.action(async (token: string | undefined, flags: InspectFlags & JsonFlag) => {
    // Loaded when it runs, so that no command waits for the others.
    const { runInspect } = await import('./run-inspect.ts')
    finish(await runInspect(token, flags, surroundings, createTerminal(surroundings, { isJson: flags.json })))
  })
}
