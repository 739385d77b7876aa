/** The command `serve`, as it is typed. */
import { Command } from 'commander'
import type { CommandContext } from '../program/command-context.ts'
import { type JsonFlag, jsonOption } from '../program/json-option.ts'
import { wholeNumber } from '../program/parse-number.ts'
import { createTerminal } from '../terminal/terminal.ts'
import { DEFAULT_PORT, type ServeFlags } from './serve-options.ts'

/** A year. */
const MAX_LIFETIME_SECONDS = 31_536_000

/** Creates the command. */
export function serveCommand({ surroundings, finish }: CommandContext): Command {
  return new Command('serve')
    .summary('run an authorization server for development')
    .description(
      'Runs an authorization server for development: introspection, revocation, the revocation feed, client credentials and refresh tokens. Without --config it makes up a protected resource and a client, and prints their secrets once.',
    )
    .option('--port <number>', 'port; 0 chooses a free one', wholeNumber(0, 65_535), DEFAULT_PORT)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--issuer <url>', 'issuer identifier (default: the address of the server)')
    .option('--config <file>', 'JSON file with protectedResources and clients (- reads standard input)')
    .option('--store <file>', 'SQLite file that keeps the tokens (default: memory)')
    .option('--expires-in <seconds>', 'lifetime of access tokens', wholeNumber(1, MAX_LIFETIME_SECONDS), 3600)
    .option('--page', 'show the live tokens on a page, without their text')
    .option('--state <directory>', 'where issue, list and revoke find the running server')
    .option('--dangerously-allow-network', 'allow a --host that other machines can reach')
    .addOption(jsonOption())
    .action(async (flags: ServeFlags & JsonFlag) => {
      // Loaded when it runs, so that no command waits for the others.
      const { runServe } = await import('./run-serve.ts')
      finish(await runServe(flags, surroundings, createTerminal(surroundings, { isJson: flags.json })))
    })
}
