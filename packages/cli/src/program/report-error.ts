/** Tells the person, or the program that asked for JSON, why a command failed. */
import { isIntrospectionError, visibleText } from '@token-introspection/core'
import { CommanderError } from 'commander'
import { MisuseError } from '../errors.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { wrapText } from '../terminal/wrap-text.ts'
import { withoutValues } from './without-values.ts'

/** The exit codes of the two kinds of failures. */
const EXIT_OF = { misuse: EXIT.misuse, unable: EXIT.unable } as const

/** Reports an error, and returns the exit code. */
export function reportError(error: unknown, terminal: Terminal): ExitCode {
  // Commander has printed the help or the version. It prints the help, too, when there is no command.
  if (error instanceof CommanderError && error.exitCode === 0) return EXIT.good
  if (error instanceof CommanderError && error.code === 'commander.help') return EXIT.misuse
  const kind = kindOf(error)
  const message = messageOf(error)
  const code = isIntrospectionError(error) ? error.code : undefined
  terminal.tell(({ style, width }) => {
    const [first = '', ...rest] = message.split('\n').flatMap((line) => wrapText(visibleText(line), width - 7))
    return [`${style.bad('error:')} ${first}`, ...rest.map((line) => `       ${line}`)]
  })
  if (terminal.isJson) {
    terminal.print({ value: { error: { kind, message, ...(code !== undefined && { code }) } }, lines: () => [] })
  }
  return EXIT_OF[kind]
}

function kindOf(error: unknown): keyof typeof EXIT_OF {
  if (error instanceof CommanderError || error instanceof MisuseError) return 'misuse'
  return 'unable'
}

function messageOf(error: unknown): string {
  if (error instanceof CommanderError) return withoutValues(error.message).replace(/^error: /, '')
  return error instanceof Error ? error.message : 'the command failed with a value that is no Error'
}
