/** The command `issue`. */
import { visibleText } from '@token-introspection/core'
import { MisuseError } from '../errors.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import type { IssueAnswer, IssueCall } from '../serve/admin/admin-messages.ts'
import type { Surroundings } from '../surroundings/surroundings.ts'
import { relativeTime } from '../terminal/relative-time.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { wrapText } from '../terminal/wrap-text.ts'
import { callServer, type ServerFlags } from './call-server.ts'

/** The options of the command. */
export interface IssueFlags extends ServerFlags {
  readonly clientId?: string
  readonly sub?: string
  readonly username?: string
  readonly scope?: string
  readonly audience?: readonly string[]
  readonly expiresIn?: number
  readonly refreshExpiresIn?: number
  readonly jkt?: string
  readonly claims?: string
}

/** Issues a token. Standard output gets the token alone, so that a script can use it. */
export async function runIssue(flags: IssueFlags, surroundings: Surroundings, terminal: Terminal): Promise<ExitCode> {
  const answer = await callServer<IssueAnswer>('issue', toCall(flags), flags, surroundings)
  terminal.print({
    value: answer,
    lines: () => [answer.access_token, ...(answer.refresh_token === undefined ? [] : [answer.refresh_token])],
  })
  const { client_id, sub, aud, scope, exp } = answer.token
  terminal.tell(({ now, style, width }) =>
    wrapText(
      visibleText(
        `for ${sub ?? 'nobody'}, issued to ${client_id ?? 'no client'}, for ${aud.join(' ') || 'no audience'}, ${scope === undefined ? 'without scope' : `scope ${scope}`}, expires ${exp === undefined ? 'never' : relativeTime(exp, now)}`,
      ),
      width,
    ).map(style.faint),
  )
  return EXIT.good
}

function toCall({
  clientId,
  audience,
  expiresIn,
  refreshExpiresIn,
  claims,
  sub,
  username,
  scope,
  jkt,
}: IssueFlags): IssueCall {
  return {
    client_id: clientId,
    sub,
    username,
    scope,
    jkt,
    aud: audience,
    expiresInSeconds: expiresIn,
    refreshExpiresInSeconds: refreshExpiresIn,
    claims: claims === undefined ? undefined : parseClaims(claims),
  }
}

function parseClaims(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  } catch {}
  throw new MisuseError(`--claims: must be a JSON object, such as '{"tenant":"a"}'`)
}
