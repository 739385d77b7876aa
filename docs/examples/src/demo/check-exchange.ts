/** Compares a step of the demo with its expected result. */
import type { Exchange } from './record-exchange.ts'
import type { Step } from './steps.ts'

/** The differences in words. Empty when there are none. */
export function checkExchange(exchange: Exchange, expected: Step['expected']): string[] {
  const differences: string[] = []
  if (exchange.status !== expected.status) differences.push(`status ${exchange.status} instead of ${expected.status}`)
  const challenge = exchange.headers['www-authenticate']
  if (challenge !== expected.challenge)
    differences.push(`challenge ${challenge ?? 'none'} instead of ${expected.challenge ?? 'none'}`)
  if (expected.body !== undefined && !exchange.body.includes(expected.body))
    differences.push(`no ${expected.body} in the body`)
  return differences
}
