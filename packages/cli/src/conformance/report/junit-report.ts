/** The report as JUnit XML, which CI systems show. */
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
      return `${start}><system-out>${content(`warning: ${message}`)}</system-out></testcase>`
    default:
      return `${start}><failure message="${attribute(message)}">${content(JSON.stringify(evidence, undefined, 2) ?? '')}</failure></testcase>`
  }
}

/** Characters that XML 1.0 does not allow, also not as a reference. */
const NOT_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ud800-\udfff\ufffe\uffff]/g

function content(text: string): string {
  return text
    .toWellFormed()
    .replace(NOT_XML, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
}

function attribute(text: string): string {
  return content(text).replaceAll('"', '&quot;').replaceAll('\n', ' ')
}
