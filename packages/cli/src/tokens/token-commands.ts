/** The commands that work on the running server: `issue`, `list` and `revoke`. */
import { Command } from 'commander'
import type { CommandContext } from '../program/command-context.ts'
import { type JsonFlag, jsonOption } from '../program/json-option.ts'
import { wholeNumber } from '../program/parse-number.ts'
import { DEFAULT_PORT } from '../serve/serve-options.ts'
import { createTerminal, type Terminal } from '../terminal/terminal.ts'
import type { IssueFlags } from './run-issue.ts'
import type { RevokeFlags } from './run-revoke.ts'
import type { ServerFlags } from './call-server.ts'

/** A hundred years, as the token issuer allows. */
const MAX_LIFETIME_SECONDS = 3_155_760_000

/** Creates the commands. What they do is loaded when they run, so that no command waits for the others. */
export function tokenCommands({ surroundings, finish }: CommandContext): Command[] {
  const terminal = ({ json }: JsonFlag): Terminal => createTerminal(surroundings, { isJson: json })
  const lifetime = wholeNumber(1, MAX_LIFETIME_SECONDS)
  return [
    onServer(new Command('issue'))
      .summary('issue a token at the running server')
      .description(
        'Issues an access token at the running server, and prints it. With --refresh-expires-in, a refresh token follows on the second line.',
      )
      .option('--client-id <id>', 'client of the token (default: the first one)')
      .option('--sub <subject>', 'user of the token (default: alice)')
      .option('--username <name>', 'name of the user, for people')
      .option('--scope <scope>', 'scope, such as "orders:read orders:write"')
      .option('--audience <audience...>', 'audiences (default: those of the client)')
      .option('--expires-in <seconds>', 'lifetime (default: that of the server)', lifetime)
      .option('--refresh-expires-in <seconds>', 'issue a refresh token, too, with this lifetime', lifetime)
      .option('--jkt <thumbprint>', 'bind the token to a DPoP key')
      .option('--claims <json>', 'members of your own, as a JSON object')
      .action(async (flags: IssueFlags & JsonFlag) => {
        const { runIssue } = await import('./run-issue.ts')
        finish(await runIssue(flags, surroundings, terminal(flags)))
      }),
    onServer(new Command('list'))
      .summary('list the live tokens of the running server')
      .description(
        'Lists the live tokens of the running server. The text of a token is not among them: the server keeps digests.',
      )
      .action(async (flags: ServerFlags & JsonFlag) => {
        const { runList } = await import('./run-list.ts')
        finish(await runList(flags, surroundings, terminal(flags)))
      }),
    onServer(new Command('revoke'))
      .summary('revoke tokens of the running server')
      .description(
        'Revokes tokens of the running server: by the identifiers that list prints, or everything of a user, a client or a grant.',
      )
      .argument('[id...]', 'identifiers as list prints them, or their beginnings')
      .option('--token-file <file>', 'the token itself (- reads standard input)')
      .option('--sub <subject>', 'every token of a user')
      .option('--client-id <id>', 'every token of a client')
      .option('--grant <id>', 'every token of a grant')
      .action(async (ids: readonly string[], flags: RevokeFlags & JsonFlag) => {
        const { runRevoke } = await import('./run-revoke.ts')
        finish(await runRevoke(ids, flags, surroundings, terminal(flags)))
      }),
  ]
}

/** The options by which a command finds the server. */
function onServer(command: Command): Command {
  return command
    .option('--port <number>', 'port of the server', wholeNumber(1, 65_535), DEFAULT_PORT)
    .option('--state <directory>', 'as for serve')
    .addOption(jsonOption())
}
