/** The command `doctor`, as it is typed. */
import { Command } from 'commander'
import { withConnectionOptions } from '../connection/connection-options.ts'
import type { CommandContext } from '../program/command-context.ts'
import { type JsonFlag, jsonOption } from '../program/json-option.ts'
import { wholeNumber } from '../program/parse-number.ts'
import { createTerminal } from '../terminal/terminal.ts'
import type { DoctorFlags } from './doctor-options.ts'
import { runDoctor } from './run-doctor.ts'

/** Creates the command. */
export function doctorCommand({ surroundings, finish }: CommandContext): Command {
  const command = new Command('doctor')
    .summary('find out why introspection does not work')
    .description(
      'Finds the first broken step between a resource server and its authorization server, and says whose side it is on and how to repair it. It sends at most 20 requests, one after the other.',
    )
    .option('--config <module>', 'module that exports an IntrospectionClient, or its options, as default')
    .option('--token-file <file>', 'a token that should be good (- reads standard input)')
    .option('--revoked', 'the token was revoked, so the right answer is that it is not active')
    .option('--hint <type>', 'send this token_type_hint, as your client does')
    .option('--signed-answers', 'require signed answers (RFC 9701), as your client does')
    .option('--deadline <seconds>', 'time for everything', wholeNumber(1, 60), 3)
    .addOption(jsonOption())
  withConnectionOptions(command)
    .optionsGroup('Policy of the guard:')
    .option('--audience <audience...>', 'audiences of your API')
    .option('--scope <scope>', 'scope that it requires')
  return command.action(async (flags: DoctorFlags & JsonFlag) => {
    finish(await runDoctor(flags, surroundings, createTerminal(surroundings, { isJson: flags.json })))
  })
}
