/** Walks of the entries of `testing`. */
import * as testing from '@token-introspection/testing'
import * as hostile from '@token-introspection/testing/hostile'
import { now, seam } from './seams.ts'
import { audience, issuer } from './shared-values.ts'
import { walk, type WalksByEntry } from './walk.ts'

export const TESTING_WALKS: WalksByEntry = {
  testing: [
    walk(
      'createFakeAuthorizationServer',
      { issuer, clientId: 'a', clientSecret: 'b', audience, now },
      testing.createFakeAuthorizationServer,
    ),
    walk(
      'createFakeAuthorizationServer (by a clock)',
      { issuer, clientId: 'a', clientSecret: 'b', audience, clock: seam(testing.createFakeClock()) },
      testing.createFakeAuthorizationServer,
    ),
    walk('createFakeClock', { startMs: 0 }, testing.createFakeClock),
  ],
  'testing/hostile': [
    walk(
      'startHostileAuthorizationServer',
      { audience, scope: 'a', issuer, now },
      async (options) => {
        const started = await hostile.startHostileAuthorizationServer(options)
        await started.close()
      },
      { isPartial: true },
    ),
  ],
}
