/** No test asserts how fast the machine is, and none sleeps until something should have happened. */
import { expect, test } from 'vitest'
import { checkClocks } from '../src/clocks/check-clocks.ts'
import { readFiles } from '../src/workspace/workspace.ts'

/** Files that may depend on it, each with its reason. */
const REASONS: Record<string, string> = {
  'packages/client/test/incidents/authorization-server.ts': 'a program that sends events at a given rate',
  'packages/client/test/incidents/cluster.ts': 'asks other processes again and again whether they have got that far',
  'packages/client/test/incidents/incidents.ts': 'stops real processes for longer than their lease',
  'packages/client/test/incidents/microseconds.ts':
    'the one clock by which processes compare a decision with a revocation',
  'packages/client/test/incidents/resource-server.ts': 'a program that calls all the time',
  'packages/client/test/path/wrong-configurations/wrong-options.ts':
    'has an option named `timeout` that does not exist',
  'packages/client/test/soak/client.ts': 'a program that runs for a given time and prints its figures',
  'packages/server/test/databases/server-process.ts': 'asks again and again whether another process has started',
  'packages/server/test/databases/start-redis-cluster.ts':
    'asks again and again whether other processes have formed a cluster',
  'packages/server/test/path/fuzz-many.ts': 'a program that prints its figures',
  'packages/server/test/path/fuzz-properties.ts': 'for the figures of that program',
  'packages/server/test/soak/run-soak.ts': 'a program that runs for a given time and prints its figures',
  'packages/server/test/soak/senders.ts': 'of that program',
  'packages/server/test/soak/server.ts': 'of that program',
  'packages/repository/src/clocks/check-clocks.test.ts': 'has what is looked for in its table',
}

test('no test depends on how fast the machine is', () => {
  const files = readFiles(['packages/*/src/**/*.test.ts', 'packages/*/test/**/*.ts', 'docs/examples/test/**/*.ts'])
  expect(files.length).toBeGreaterThan(100)
  expect(checkClocks(files, REASONS)).toEqual([])
})
