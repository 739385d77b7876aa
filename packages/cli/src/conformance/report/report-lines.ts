/** The report for people. */
import { visibleText } from '@token-introspection/core'
import type { Format } from '../../terminal/terminal.ts'
import { wrapText } from '../../terminal/wrap-text.ts'
import type { Evidence, Report, ReportedRequirement, Verdict } from './report.ts'

/** The lines of a report: faults first, with their evidence. */
export function reportLines(report: Report, format: Format): string[] {
  const { style, width } = format
  const of = (verdict: Verdict): ReportedRequirement[] => report.requirements.filter((each) => each.verdict === verdict)
  const { passed, failed, warning, skipped } = report.counts
  const summary = [
    style.good(`${passed} passed`),
    failed > 0 ? style.bad(`${failed} failed`) : '0 failed',
    warning > 0 ? style.odd(`${warning} warning${warning === 1 ? '' : 's'}`) : '0 warnings',
    `${skipped} skipped`,
  ]
  return [
    style.title('Conformance of an introspection endpoint'),
    `  ${style.literal(visibleText(report.endpoint))}`,
    ...wrapText(`asked as ${visibleText(report.caller)}, ${report.requests} requests`, width - 2).map(
      (line) => `  ${line}`,
    ),
    '',
    ...faultLines('Failed', of('failed'), style.bad, format),
    ...faultLines('Warnings', of('warning'), style.odd, format),
    ...skippedLines(of('skipped'), format),
    style.title('Passed'),
    ...wrapText(
      of('passed')
        .map(({ id }) => id)
        .join(' ') || 'none',
      width - 2,
    ).map((line) => `  ${line}`),
    '',
    summary.join(', '),
  ]
}

function faultLines(
  title: string,
  requirements: readonly ReportedRequirement[],
  paint: (text: string) => string,
  { style, width }: Format,
): string[] {
  if (requirements.length === 0) return []
  const inner = width - 4
  return [
    style.title(title),
    ...requirements.flatMap(({ id, clause, title: rule, message = '', evidence }) => [
      ...wrapText(`${paint(id)} ${rule} ${style.faint(`(${clause})`)}`, width - 2).map((line) => `  ${line}`),
      ...wrapText(visibleText(message), inner).map((line) => `    ${line}`),
      ...(evidence === undefined ? [] : evidenceLines(evidence, inner).map((line) => `    ${style.faint(line)}`)),
      '',
    ]),
  ]
}

function evidenceLines({ request, answer }: Evidence, width: number): string[] {
  const sent = Object.entries(request.headers).map(toField)
  const fields = Object.entries(answer.headers).map(toField)
  return [
    `> ${[`${request.method} ${request.url}`, ...sent].join('; ')}`,
    ...(request.form === '' ? [] : [`> ${request.form}`]),
    `< ${[String(answer.status), ...fields].join('; ')}`,
    ...(answer.body === '' ? [] : [`< ${answer.body}`]),
  ].flatMap((line) => {
    const [first = '', ...more] = wrapText(visibleText(line), width - 2)
    return [first, ...more.map((each) => `  ${each}`)]
  })
}

function toField([name, value]: [string, string]): string {
  return `${name}: ${value}`
}

function skippedLines(requirements: readonly ReportedRequirement[], { style, width }: Format): string[] {
  if (requirements.length === 0) return []
  const byReason = Map.groupBy(requirements, ({ message = '' }) => message)
  return [
    style.title('Skipped'),
    ...[...byReason].flatMap(([reason, each]) => [
      ...wrapText(visibleText(reason), width - 2).map((line) => `  ${line}`),
      ...wrapText(each.map(({ id }) => id).join(' '), width - 4).map((line) => `    ${style.faint(line)}`),
    ]),
    '',
  ]
}
