/** Colours and weights, where the output shows them. */
import { styleText } from 'node:util'
import type { Environment, Output } from '../surroundings/surroundings.ts'

/** The few styles that the program uses, each with one meaning. */
export interface Style {
  /** A heading. */
  readonly title: (text: string) => string
  /** Good, passed, active. */
  readonly good: (text: string) => string
  /** Bad, failed, inactive. */
  readonly bad: (text: string) => string
  /** Unusual, a warning. */
  readonly odd: (text: string) => string
  /** What may be skipped. */
  readonly faint: (text: string) => string
  /** What can be typed or copied. */
  readonly literal: (text: string) => string
}

/** The styles of an output. Without colours each returns its text. */
export function createStyle(output: Output, environment: Environment): Style {
  const isColored = showsColors(output, environment)
  const style =
    (...formats: Parameters<typeof styleText>[0][]) =>
    (text: string): string =>
      // The stream is not asked again: the decision above counts.
      isColored
        ? formats.reduce<string>((styled, format) => styleText(format, styled, { validateStream: false }), text)
        : text
  return {
    title: style('bold'),
    good: style('green'),
    bad: style('red'),
    odd: style('yellow'),
    faint: style('dim'),
    literal: style('cyan'),
  }
}

/**
 * Whether to use colours: `FORCE_COLOR` switches them on (`0` and `false`: off), any other non-empty `NO_COLOR` switches them off, and
 * otherwise the terminal decides. A file or a pipe gets none.
 */
export function showsColors(output: Output, environment: Environment): boolean {
  const forced = environment['FORCE_COLOR']
  if (forced !== undefined) return forced !== '0' && forced !== 'false'
  if (environment['NO_COLOR']) return false
  return output.isTerminal && output.hasColors
}
