/** Shows a diagnosis: to people as text, to programs as JSON. Neither contains a secret or the token. */
import { visibleText } from '@token-introspection/core'
import { KnownSecrets } from '../connection/known-secrets.ts'
import { formatTable } from '../terminal/format-table.ts'
import type { Format, Result } from '../terminal/terminal.ts'
import { wrapText } from '../terminal/wrap-text.ts'
import { type Diagnosis, type DoctorSide, type Fault, STEPS } from './diagnosis.ts'

/** What the examination cost. */
export interface Figures {
  readonly requests: number
  readonly durationMs: number
}

/** Who each side is, in words. */
const SIDES: Readonly<Record<DoctorSide, string>> = {
  resource_server: 'this resource server',
  authorization_server: 'the authorization server',
  connection: 'the connection between the two',
  client: 'the client that sends the token',
}

/** That of the longest label. */
const LABEL_WIDTH = 'Clause'.length
/** The characters of a text, at most. Only texts that quote long values of the server have more. */
const MAX_TEXT = 2000

/** Shows a diagnosis. */
export function showDiagnosis(
  diagnosis: Diagnosis,
  figures: Figures,
  secrets: KnownSecrets = new KnownSecrets(),
): Result {
  const { fault, working, notes } = harmless(diagnosis, secrets)
  return {
    value: {
      verdict: fault === undefined ? 'healthy' : 'broken',
      fault,
      working,
      notes,
      ...figures,
    },
    lines: (format) => [
      ...stepLines(diagnosis, format),
      '',
      ...(fault === undefined ? [] : faultLines(fault, format)),
      ...noteLines(notes, format),
      ...verdictLines(diagnosis, figures, format),
    ],
  }
}

/** Without secrets, and without more text than a person reads. */
function harmless({ fault, working, notes }: Diagnosis, secrets: KnownSecrets): Diagnosis {
  const toText = (text: string): string => shorten(secrets.hide(text))
  return { fault: fault && harmlessFault(fault, toText), working, notes: notes.map(toText) }
}

function harmlessFault(fault: Fault, toText: (text: string) => string): Fault {
  const { found, fix, command } = fault
  const isWhole = command !== undefined && toText(command) === command
  // A command with a part left out would be another command.
  return { ...fault, found: toText(found), fix: toText(fix), command: isWhole ? command : undefined }
}

function shorten(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text
}

function stepLines({ fault, working }: Diagnosis, { style }: Format): string[] {
  return STEPS.map((step) => {
    if (step === fault?.step) return `  ${style.bad('broken')}  ${step}`
    return working.includes(step) ? `  ${style.good('works')}   ${step}` : `  ${style.faint(`-       ${step}`)}`
  })
}

function faultLines(fault: Fault, { style, width }: Format): string[] {
  const { found, side, fix, clause, command } = fault
  const rows = [
    ['Found', visibleText(found)],
    ['Side', SIDES[side]],
    ['Fix', visibleText(fix)],
    ...(clause === undefined ? [] : [['Clause', clause]]),
  ].map(([label = '', text = '']) => [label.padEnd(LABEL_WIDTH), text])
  // A command is one line, however long, so that it can be copied.
  const check =
    command === undefined ? [] : [`  ${'Check'.padEnd(LABEL_WIDTH)}  ${style.literal(visibleText(command))}`]
  return [...formatTable(rows, width), ...check, '']
}

function noteLines(notes: readonly string[], { style, width }: Format): string[] {
  return notes.flatMap((note) => [
    ...wrapText(visibleText(note), width - 2).map((line) => `  ${style.faint(line)}`),
    '',
  ])
}

function verdictLines({ fault, working }: Diagnosis, figures: Figures, { style, width }: Format): string[] {
  const cost = `${figures.requests} ${figures.requests === 1 ? 'request' : 'requests'}`
  const verdict =
    fault === undefined
      ? `Healthy: ${working.join(', ')} ${working.length === 1 ? 'works' : 'work'} (${cost}).`
      : `Broken at ${fault.step}, on the side of ${SIDES[fault.side]}: ${fault.name}${fault.isSure ? '' : ', likely'} (${cost}).`
  return wrapText(verdict, width).map((line) => (fault === undefined ? style.good(line) : style.bad(line)))
}
