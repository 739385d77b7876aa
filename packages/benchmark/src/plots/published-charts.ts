/** The charts of the benchmark page, from the raw figures that are published with it. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Bar, BarChart } from './bar-chart.ts'

const DAY = '2026-11-30'
const FIGURES = join(import.meta.dirname, '../../../../docs/benchmarks', DAY)
const ON = '30 November 2026, two cores'

/** A line of `revocations-quiet.jsonl`. */
interface RevocationRun {
  readonly feed: string
  readonly pace: string
  readonly clients: number
  readonly eachClientMs?: { readonly p50: number; readonly p99: number }
}

/** Every chart, by the name of its file. */
export function readPublishedCharts(): Readonly<Record<string, BarChart>> {
  const note = `Shorter is better. ${ON}`
  return {
    'benchmark-ask': {
      title: 'CPU time of a call that asks the server',
      note,
      unit: 'µs',
      bars: readTable('client ', 1, {
        'undici request + JSON.parse': 'undici and JSON.parse, no checks',
        IntrospectionClient: 'IntrospectionClient',
        oauth4webapi: 'oauth4webapi',
        'openid-client': 'openid-client',
      }),
    },
    'benchmark-cached': {
      title: 'CPU time of a call that does not ask',
      note,
      unit: 'µs',
      bars: readTable('cache hit ', 1000, {
        'introspect() hit': 'introspect(), kept answer',
        'guard.decide() hit': 'guard.decide(), kept answer',
        'jwtVerify RS256': 'jwtVerify of jose, RS256',
        'jwtVerify ES256': 'jwtVerify of jose, ES256',
      }),
    },
    'benchmark-answer': {
      title: 'CPU time of an answer of the endpoint',
      note,
      unit: 'µs',
      bars: readTable('server ', 1, {
        'node:http fixed JSON': 'node:http, a fixed text',
        toNodeHandler: 'toNodeHandler',
        'fetch form, @hono/node-server': 'fetch form, @hono/node-server',
        'oidc-provider': 'oidc-provider',
      }),
    },
    'benchmark-revocation': {
      title: 'From a revocation to the first refusal',
      note: `One busy client. ${ON}`,
      unit: 'ms',
      bars: readRevocations(),
    },
  }
}

const OURS = /^(?:IntrospectionClient|introspect|guard|toNodeHandler|fetch form)/

function toBar(name: string, value: number | undefined): Bar {
  if (value === undefined) throw new Error(`docs/benchmarks/${DAY}: no figure for ${name}`)
  return { name, value, isOurs: OURS.test(name) }
}

/**
 * The first column of a table in the output of the program.
 *
 * @param unitsPerMicrosecond - 1000 for a table in nanoseconds.
 * @param names - what the chart calls each measured row.
 */
function readTable(heading: string, unitsPerMicrosecond: number, names: Readonly<Record<string, string>>): Bar[] {
  const lines = readFileSync(join(FIGURES, 'second-run.txt'), 'utf8').split('\n')
  const table = lines.slice(lines.findIndex((line) => line.startsWith(heading) && line.includes(' CPU ')))
  return Object.entries(names).map(([measured, name]) => {
    const row = table.find((line) => line.startsWith(`${measured}  `))
    const figure = row?.slice(measured.length).trim().split(/\s+/)[0]?.replaceAll(',', '')
    return toBar(name, figure === undefined ? undefined : Number(figure) / unitsPerMicrosecond)
  })
}

function readRevocations(): Bar[] {
  return readFileSync(join(FIGURES, 'revocations-quiet.jsonl'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as RevocationRun)
    .filter(({ pace, clients }) => pace === 'full speed' && clients === 1)
    .flatMap(({ feed, eachClientMs }) => [
      { ...toBar(`${feed}, half of the revocations`, eachClientMs?.p50), isOurs: true },
      { ...toBar(`${feed}, 99 of 100`, eachClientMs?.p99), isOurs: true },
    ])
}
