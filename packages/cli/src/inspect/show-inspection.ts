/** Shows an inspection: to people as text, to programs as JSON. Neither contains a secret or the token. */
import { visibleText } from '@token-introspection/core'
import type { Fields } from '../connection/exchange.ts'
import type { KnownSecrets } from '../connection/known-secrets.ts'
import { showRequest } from '../connection/shown-request.ts'
import { formatTable } from '../terminal/format-table.ts'
import type { Format, Result } from '../terminal/terminal.ts'
import { wrapText } from '../terminal/wrap-text.ts'
import { describeJudgement, groundsOf } from './describe-judgement.ts'
import type { DescribedMember } from './describe-members.ts'
import type { Inspection } from './inspection.ts'

/** Header fields of an answer that say something about introspection. */
const TELLING_FIELDS = ['content-type', 'cache-control', 'www-authenticate', 'retry-after', 'location', 'dpop-nonce']
/** The letters of a body that is no JSON. */
const MAX_SHOWN_BODY = 400
/** The columns of the names of members. */
const MAX_NAME_WIDTH = 24

/** Shows an inspection. */
export function showInspection(inspection: Inspection, secrets: KnownSecrets): Result {
  return {
    value: toValue(inspection, secrets),
    lines: (format) => [
      ...requestLines(inspection, secrets, format),
      ...answerLines(inspection, secrets, format),
      ...oddityLines(inspection, secrets, format),
      ...decisionLines(inspection, secrets, format),
    ],
  }
}

function toValue(
  { exchange, lookups, isActive, members, oddities, judgement }: Inspection,
  secrets: KnownSecrets,
): unknown {
  const { allowed, status, reason, steps } = judgement.explanation
  const value = {
    request: exchange && showRequest(exchange.request, secrets),
    lookups: lookups.map(({ request, answer }) => ({ url: request.url, status: answer?.status })),
    answer: exchange?.answer && {
      status: exchange.answer.status,
      headers: exchange.answer.headers,
      ...(members.length === 0 && { body: secrets.hide(exchange.answer.body).slice(0, MAX_SHOWN_BODY) }),
    },
    active: isActive,
    members,
    unusual: oddities,
    decision: { policy: judgement.policy, allowed, status, reason, steps, text: describeJudgement(judgement) },
  }
  // Secrets may be anywhere, also in what the server says.
  return mapTexts(value, (text) => secrets.hide(text))
}

function requestLines({ exchange, lookups }: Inspection, secrets: KnownSecrets, format: Format): string[] {
  const { style, width } = format
  const found = lookups.map(({ request, answer }) => [`${answer?.status ?? 'no answer'}`, secrets.show(request.url)])
  const title = [
    ...(found.length > 0 ? [style.title('Metadata'), ...formatTable(found, width), ''] : []),
    style.title('Request'),
  ]
  if (exchange === undefined) return [...title, '  Nothing was asked about the token.', '']
  const { method, url, headers, parameters } = showRequest(exchange.request, secrets)
  const fields = ['authorization', 'accept'].flatMap((name) => {
    const value = headers[name]
    return value === undefined ? [] : [[name, value]]
  })
  return [
    ...title,
    `  ${method} ${style.literal(visibleText(url))}`,
    ...formatTable(
      [...fields, ...Object.entries(parameters)].map((row) => row.map(visibleText)),
      width,
      4,
    ),
    '',
  ]
}

function answerLines({ exchange, isActive, members }: Inspection, secrets: KnownSecrets, format: Format): string[] {
  const { style, width } = format
  const answer = exchange?.answer
  if (exchange === undefined) return []
  if (answer === undefined) return [style.title('Answer'), '  None came.', '']
  const fields = tellingFields(answer.headers).map(([name, value]) => [name, secrets.show(value)])
  const state =
    isActive === undefined
      ? [style.bad('not an introspection response')]
      : isActive
        ? [style.good('active')]
        : [style.bad('not active')]
  return [
    style.title('Answer'),
    `  ${answer.status}, ${state.join('')}`,
    ...formatTable(fields, width, 4),
    ...(members.length === 0 ? bodyLines(answer.body, secrets, format) : memberLines(members, secrets, format)),
    '',
  ]
}

function memberLines(members: readonly DescribedMember[], secrets: KnownSecrets, { style, width }: Format): string[] {
  // The line above says already whether it is active.
  const told = members.filter(({ name, value }) => name !== 'active' || typeof value !== 'boolean')
  if (told.length === 0) return []
  const rows = told.map(({ name, value, meaning, clause, when }) => {
    const shown = typeof value === 'string' ? value : toSpacedJson(value)
    const about = clause === undefined ? meaning : `${meaning}, ${clause}`
    return { name: secrets.show(name), shown: secrets.show(shown) + (when === undefined ? '' : `, ${when}`), about }
  })
  const nameWidth = rows.reduce((most, { name }) => Math.max(most, Math.min(MAX_NAME_WIDTH, name.length)), 0)
  const start = nameWidth + 4
  return [
    '',
    ...rows.flatMap(({ name, shown, about }) => {
      const values = wrapText(shown, width - start)
      // A long name has a line of its own, so that every value begins in the same column.
      const first = name.length > nameWidth ? '' : `${' '.repeat(nameWidth - name.length)}  ${values.shift() ?? ''}`
      const below = [...values, ...wrapText(about, width - start).map(style.faint)]
      return [`  ${style.literal(name)}${first}`, ...below.map((line) => ' '.repeat(start) + line)]
    }),
  ]
}

/** With spaces between the members, so that a long value can be wrapped. */
function toSpacedJson(value: unknown): string {
  // Line ends inside of texts are escaped, so these are between members.
  return (JSON.stringify(value, undefined, 1) ?? '')
    .replaceAll(/([[{])\n */g, '$1')
    .replaceAll(/\n *([\]}])/g, '$1')
    .replaceAll(/\n */g, ' ')
}

function bodyLines(body: string, secrets: KnownSecrets, { width }: Format): string[] {
  if (body === '') return ['    (no body)']
  // Cut last: a part of a secret would not be recognized.
  const hidden = secrets.hide(body)
  const shown = visibleText(hidden.slice(0, MAX_SHOWN_BODY))
  return [
    '',
    ...wrapText(shown, width - 4).map((line) => `    ${line}`),
    ...(hidden.length > MAX_SHOWN_BODY ? ['    …'] : []),
  ]
}

function oddityLines({ oddities }: Inspection, secrets: KnownSecrets, { style, width }: Format): string[] {
  if (oddities.length === 0) return []
  return [
    style.title('Unusual'),
    ...formatTable(
      oddities.map(({ member, what, clause }) => [style.odd(member), secrets.show(`${what} (${clause})`)]),
      width,
    ),
    '',
  ]
}

function decisionLines({ judgement, isActive }: Inspection, secrets: KnownSecrets, { style, width }: Format): string[] {
  const { allowed } = judgement.explanation
  const paint = allowed ? style.good : style.bad
  const hint = 'Give --audience and --scope of your API to see what its guard would decide.'
  const rows = groundsOf(judgement).flatMap(({ name, isMet, detail, remedy }) => [
    [isMet ? style.good('✓') : style.bad('✗'), name, secrets.show(detail)],
    ...(remedy === undefined ? [] : [['', '', secrets.show(`→ ${remedy}`)]]),
  ])
  return [
    style.title('Decision'),
    ...wrapText(secrets.show(describeJudgement(judgement)), width - 2).map((line) => `  ${paint(line)}`),
    ...(rows.length === 0 ? [] : formatTable(rows, width)),
    ...(isActive === true && judgement.policy.audience === false
      ? wrapText(hint, width - 2).map((line) => `  ${style.faint(line)}`)
      : []),
  ]
}

function tellingFields(headers: Fields): [name: string, value: string][] {
  return TELLING_FIELDS.flatMap((name) => {
    const value = headers[name]
    return value === undefined ? [] : [[name, value] as [string, string]]
  })
}

/** Copies a value of JSON with every text changed. */
function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value)
  if (Array.isArray(value)) return value.map((each: unknown) => mapTexts(each, change))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [change(name), mapTexts(each, change)]))
}
