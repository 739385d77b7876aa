/** The program: its commands, its help, and its version. */
import { Command, type Help } from 'commander'
import { conformanceCommand } from '../conformance/conformance-command.ts'
import { doctorCommand } from '../doctor/doctor-command.ts'
import { inspectCommand } from '../inspect/inspect-command.ts'
import { serveCommand } from '../serve/serve-command.ts'
import { tokenCommands } from '../tokens/token-commands.ts'
import type { Surroundings } from '../surroundings/surroundings.ts'
import { formatTable } from '../terminal/format-table.ts'
import { createStyle, showsColors } from '../terminal/style.ts'
import { wrapText } from '../terminal/wrap-text.ts'
import type { CommandContext } from './command-context.ts'
import { VERSION } from './version.ts'

const EXAMPLES = [
  ['$ token-introspection serve', 'run a server'],
  ['$ token-introspection issue --scope orders:read > token', 'get a token from it'],
  ['$ token-introspection inspect < token', 'ask about it'],
  ['$ token-introspection doctor', 'find what is wrong'],
]
const RULES = [
  'Secrets come from files, environment variables or a prompt, never from the command line.',
  'Exit codes: 0 good, 1 the answer is no, 2 wrong command line, 3 it could not be done.',
]
/** The columns of the help without a terminal. */
const DEFAULT_WIDTH = 80
/** Descriptions are wrapped down to this width. The parser gives up at 40. */
const MIN_DESCRIPTION = 16

/** Creates the program. */
export function createProgram(context: CommandContext): Command {
  const { surroundings } = context
  const program = new Command('token-introspection')
    .description('Asks and tests authorization servers about OAuth tokens (RFC 7662), and runs one for development.')
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .addHelpText('after', ({ error }) => moreHelp((error ? surroundings.stderr : surroundings.stdout).columns))
    .exitOverride()
    .configureOutput(outputOf(surroundings))
    .configureHelp({ ...helpStyle(surroundings), showGlobalOptions: false, minWidthToWrap: MIN_DESCRIPTION })
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

function moreHelp(width = DEFAULT_WIDTH): string {
  const rules = RULES.flatMap((rule) => wrapText(rule, width))
  return ['', 'Examples:', ...formatTable(EXAMPLES, width), '', ...rules].join('\n')
}

function outputOf({ stdout, stderr, environment }: Surroundings) {
  return {
    writeOut: (text: string) => stdout.write(text),
    writeErr: (text: string) => stderr.write(text),
    // Errors are reported in one place, after the values have been taken out of them.
    outputError: () => undefined,
    getOutHelpWidth: () => stdout.columns ?? DEFAULT_WIDTH,
    getErrHelpWidth: () => stderr.columns ?? DEFAULT_WIDTH,
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
