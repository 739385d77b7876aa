/** The report as JUnit XML, which CI systems show. */
import { visibleJson, visibleText } from '@token-introspection/core'
import type { Report, ReportedRequirement } from './report.ts'

/** The XML text. Warnings are passed tests with a note, because JUnit knows no warnings. */
export function junitReport({ endpoint, counts, requirements }: Report): string {
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites tests="${requirements.length}" failures="${counts.failed}" skipped="${counts.skipped}">`,
    `  <testsuite name="${attribute(endpoint)}" tests="${requirements.length}" failures="${counts.failed}" errors="0" skipped="${counts.skipped}">`,
    ...requirements.map(testCase),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n')
}

function testCase({ id, clause, title, verdict, message = '', evidence }: ReportedRequirement): string {
  const start = `    <testcase classname="${attribute(clause)}" name="${attribute(`${id} ${title}`)}"`
  switch (verdict) {
    case 'passed':
      return `${start}/>`
    case 'skipped':
      return `${start}><skipped message="${attribute(message)}"/></testcase>`
    case 'warning':
      return `${start}><system-out>${content(`warning: ${visibleText(message)}`)}</system-out></testcase>`
    default:
      return `${start}><failure message="${attribute(message)}">${content(visibleJson(JSON.stringify(evidence, undefined, 2) ?? ''))}</failure></testcase>`
  }
}

/** Visible text has no character that XML 1.0 does not allow. */
function content(visible: string): string {
  return visible.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

function attribute(text: string): string {
  return content(visibleText(text)).replaceAll('"', '&quot;')
}
