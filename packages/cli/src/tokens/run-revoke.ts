/** The command `revoke`. */
import { visibleText } from '@token-introspection/core'
import { MisuseError } from '../errors.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { findSecret } from '../secrets/read-secret.ts'
import type { RevokeAnswer, RevokeCall } from '../serve/admin/admin-messages.ts'
import type { Surroundings } from '../surroundings/surroundings.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { callServer, type ServerFlags } from './call-server.ts'

/** The options of the command. */
export interface RevokeFlags extends ServerFlags {
  readonly tokenFile?: string
  readonly sub?: string
  readonly clientId?: string
  readonly grant?: string
}

/** Fewer letters may fit a token by accident. */
const MIN_ID_LENGTH = 6
const IDENTIFIER = /^[\w-]+$/

/** Revokes tokens. Ends with 1 when no live token was meant. */
export async function runRevoke(
  ids: readonly string[],
  flags: RevokeFlags,
  surroundings: Surroundings,
  terminal: Terminal,
): Promise<ExitCode> {
  const call = await toCall(ids, flags, surroundings)
  const answer = await callServer<RevokeAnswer>('revoke', call, flags, surroundings)
  terminal.print({
    value: answer,
    lines: ({ style }) => [
      ...(answer.revoked > 0
        ? [style.good(`Revoked ${answer.revoked === 1 ? '1 token' : `${answer.revoked} tokens`}.`)]
        : ['No live token was revoked.']),
      ...answer.unclear.map((id) => style.odd(`${visibleText(id)} fits no live token, or more than one.`)),
    ],
  })
  return answer.revoked > 0 && answer.unclear.length === 0 ? EXIT.good : EXIT.no
}

async function toCall(
  ids: readonly string[],
  { tokenFile, sub, clientId, grant }: RevokeFlags,
  surroundings: Surroundings,
): Promise<RevokeCall> {
  if (ids.some((id) => id.length < MIN_ID_LENGTH || !IDENTIFIER.test(id))) {
    throw new MisuseError(`id: must have at least ${MIN_ID_LENGTH} letters, as "token-introspection list" prints them`)
  }
  const token =
    tokenFile === undefined
      ? undefined
      : await findSecret(
          { what: 'token', option: '--token-file', path: tokenFile, variable: 'TOKEN_INTROSPECTION_TOKEN' },
          surroundings,
        )
  const given: RevokeCall = {
    ...(ids.length > 0 && { ids }),
    ...(token !== undefined && { token }),
    ...(sub !== undefined && { sub }),
    ...(clientId !== undefined && { client_id: clientId }),
    ...(grant !== undefined && { grantId: grant }),
  }
  if (Object.keys(given).length !== 1) {
    throw new MisuseError('revoke: give identifiers, or exactly one of --token-file, --sub, --client-id and --grant')
  }
  return given
}
