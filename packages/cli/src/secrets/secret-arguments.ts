/** Refuses secrets in the command line, where other users and the history of the shell see them. */
import { MisuseError } from '../errors.ts'

/** Options that do not exist, because their value would be a secret, and what to use. */
const REMEDIES: Readonly<Record<string, string>> = {
  '--client-secret':
    'set TOKEN_INTROSPECTION_CLIENT_SECRET, or give --client-secret-file <file> (- reads standard input)',
  '--secret': 'set TOKEN_INTROSPECTION_CLIENT_SECRET, or give --client-secret-file <file> (- reads standard input)',
  '--password': 'set TOKEN_INTROSPECTION_CLIENT_SECRET, or give --client-secret-file <file> (- reads standard input)',
  '--private-key': 'give --private-key-file <file>',
  '--caller-token': 'set TOKEN_INTROSPECTION_CALLER_TOKEN, or give --caller-token-file <file> (- reads standard input)',
  '--good-token': 'set TOKEN_INTROSPECTION_GOOD_TOKEN, or give --good-token-file <file> (- reads standard input)',
  '--token': 'set TOKEN_INTROSPECTION_TOKEN, give --token-file <file>, or pipe the token into the command',
}

/**
 * Refuses the first of these options.
 *
 * @throws MisuseError with the remedy. It does not contain the value.
 */
export function refuseSecretArguments(args: readonly string[]): void {
  for (const arg of args) {
    if (arg === '--') return
    const name = arg.split('=', 1)[0] ?? ''
    const remedy = Object.hasOwn(REMEDIES, name) ? REMEDIES[name] : undefined
    if (remedy === undefined) continue
    throw new MisuseError(
      `${name}: other users of this machine can see the command line, and the shell keeps it. Instead, ${remedy}. If this was a real secret, change it`,
    )
  }
}
