/** Where the inspected token comes from. */
import { VARIABLES } from '../connection/connection-options.ts'
import { MisuseError } from '../errors.ts'
import { readSecret } from '../secrets/read-secret.ts'
import type { Surroundings } from '../surroundings/surroundings.ts'
import type { Terminal } from '../terminal/terminal.ts'
import type { InspectFlags } from './inspect-options.ts'

/** Standard input, as an argument or a path. */
const STANDARD_INPUT = '-'

/**
 * The token: the argument, the file, the environment variable, standard input if it is no terminal, or what the person types.
 *
 * @throws MisuseError when two of them are given, or standard input would be read twice.
 */
export async function readToken(
  argument: string | undefined,
  flags: InspectFlags,
  surroundings: Surroundings,
  terminal: Terminal,
): Promise<string> {
  const isArgument = argument !== undefined && argument !== STANDARD_INPUT
  if (isArgument && flags.tokenFile !== undefined)
    throw new MisuseError('token: give it once, as argument or by --token-file')
  if (isArgument) {
    terminal.tell(
      'note: other users of this machine can see a token in the command line. Standard input hides it: token-introspection inspect < file',
    )
    return argument
  }
  const isPiped = !surroundings.stdin.isTerminal && surroundings.environment[VARIABLES.token] === undefined
  const path = argument ?? flags.tokenFile ?? (isPiped ? STANDARD_INPUT : undefined)
  const others = [flags.clientSecretFile, flags.callerTokenFile, flags.privateKeyFile]
  if (path === STANDARD_INPUT && others.includes(STANDARD_INPUT)) {
    throw new MisuseError(
      '-: standard input can be read once. Give the token by --token-file, or the secret by its environment variable',
    )
  }
  return await readSecret({ what: 'token', option: '--token-file', path, variable: VARIABLES.token }, surroundings)
}
