/** The program: its commands, its help, and its version. */
import { Command, type Help } from 'commander'
import { conformanceCommand } from '../conformance/conformance-command.ts'
import { doctorCommand } from '../doctor/doctor-command.ts'
import { inspectCommand } from '../inspect/inspect-command.ts'
import { serveCommand } from '../serve/serve-command.ts'
import { tokenCommands } from '../tokens/token-commands.ts'
import type { Surroundings } from '../surroundings/surroundings.ts'
import { createStyle, showsColors } from '../terminal/style.ts'
import type { CommandContext } from './command-context.ts'
import { VERSION } from './version.ts'

const EXAMPLES = `
Examples:
  $ token-introspection serve                               run an authorization server
  $ token-introspection issue --scope orders:read > token   get a token from it
  $ token-introspection inspect < token                     ask about it
  $ token-introspection doctor                              find out why it does not work

Secrets come from files, environment variables or a prompt, never from the command line.
Exit codes: 0 good, 1 the answer is no, 2 wrong command line, 3 it could not be done.`

/** Creates the program. */
export function createProgram(context: CommandContext): Command {
  const { surroundings } = context
  const program = new Command('token-introspection')
    .description('Asks and tests authorization servers about OAuth tokens (RFC 7662), and runs one for development.')
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .addHelpText('after', EXAMPLES)
    .exitOverride()
    .configureOutput(outputOf(surroundings))
    .configureHelp({ ...helpStyle(surroundings), showGlobalOptions: false })
  const commands = [
    inspectCommand(context),
    doctorCommand(context),
    conformanceCommand(context),
    serveCommand(context),
    ...tokenCommands(context),
  ]
  for (const command of commands) {
    program.addCommand(command.copyInheritedSettings(program).helpOption('-h, --help', 'print this help'))
  }
  return program
}

function outputOf({ stdout, stderr, environment }: Surroundings) {
  return {
    writeOut: (text: string) => stdout.write(text),
    writeErr: (text: string) => stderr.write(text),
    // Errors are reported in one place, after the values have been taken out of them.
    outputError: () => undefined,
    getOutHelpWidth: () => stdout.columns ?? 80,
    getErrHelpWidth: () => stderr.columns ?? 80,
    getOutHasColors: () => showsColors(stdout, environment),
    getErrHasColors: () => showsColors(stderr, environment),
  }
}

/** Commander takes the colours out again where the output shows none. */
function helpStyle({ stdout, environment }: Surroundings): Partial<Help> {
  const style = createStyle(stdout, environment)
  return {
    styleTitle: style.title,
    styleCommandText: style.literal,
    styleSubcommandText: style.literal,
    styleOptionText: style.literal,
    styleArgumentText: style.literal,
  }
}
