/** The command `list`. */
import { visibleText } from '@token-introspection/core'
import { EXIT, type ExitCode } from '../exit-code.ts'
import type { ListAnswer, ServedToken } from '../serve/admin/admin-messages.ts'
import { SHOWN_ID_LENGTH } from '../serve/page/tokens-page.ts'
import type { Surroundings } from '../surroundings/surroundings.ts'
import { formatRecords } from '../terminal/format-table.ts'
import { relativeTime } from '../terminal/relative-time.ts'
import type { Format, Terminal } from '../terminal/terminal.ts'
import { callServer, type ServerFlags } from './call-server.ts'

/** Lists the live tokens. */
export async function runList(flags: ServerFlags, surroundings: Surroundings, terminal: Terminal): Promise<ExitCode> {
  const answer = await callServer<ListAnswer>('list', {}, flags, surroundings)
  terminal.print({ value: answer, lines: (format) => toLines(answer, format) })
  return EXIT.good
}

const HEADINGS = ['id', 'kind', 'client', 'subject', 'expires', 'scope']

function toLines({ tokens, isCut }: ListAnswer, format: Format): string[] {
  const { style, width } = format
  if (tokens.length === 0) return ['There are no live tokens.']
  const rows = tokens.map((token) => toRow(token, format))
  return [
    ...formatRecords(HEADINGS.map(style.title), rows, width),
    ...(isCut ? [style.odd('There are more tokens than these.')] : []),
  ]
}

function toRow({ id, kind, client_id, sub, exp, scope }: ServedToken, { now, style }: Format): string[] {
  return [
    style.literal(visibleText(id.slice(0, SHOWN_ID_LENGTH))),
    kind === 'access_token' ? 'access' : 'refresh',
    visibleText(client_id ?? '-'),
    visibleText(sub ?? '-'),
    exp === undefined ? 'never' : relativeTime(exp, now),
    visibleText(scope ?? '-'),
  ]
}
