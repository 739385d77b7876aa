import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

/** Tests that replace modules, count what modules do from the moment they are loaded, or count all timers of the process. */
const isolated = 'packages/*/{src,test}/**/*.isolated.test.ts'

export default defineConfig({
  test: {
    // Two more than there are cores, because a worker waits where a test waits for a server. The default is one less.
    maxWorkers: availableParallelism() + 2,
    // What hangs is stopped, but no busy machine makes a test fail.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    expect: { poll: { interval: 5, timeout: 500_000 } },
    // Clients warn of what tests let happen; tests of warnings hear them all the same.
    execArgv: ['--disable-warning=TokenIntrospectionWarning'],
    // For programs that tests start: they compile the sources once.
    env: { NODE_COMPILE_CACHE: join(import.meta.dirname, 'node_modules/.cache/compiled') },
    restoreMocks: true,
    unstubGlobals: true,
    projects: [
      {
        extends: true,
        test: {
          name: 'shared',
          include: [
            'packages/*/{src,test}/**/*.test.ts',
            'docs/examples/test/**/*.test.ts',
            'docs/playground/{src,test}/**/*.test.ts',
          ],
          exclude: [isolated],
          // Files share workers and the modules that are loaded there, so each leaves the process as it was.
          isolate: false,
          setupFiles: ['vitest.setup.ts'],
          typecheck: { enabled: true, include: ['packages/*/test/**/*.test-d.ts'], tsconfig: 'tsconfig.types.json' },
        },
      },
      { extends: true, test: { name: 'isolated', include: [isolated] } },
    ],
  },
})
