/**
 * Every public function that takes options, with options that it accepts. The options test changes them one at a time.
 *
 * A function has a row in the walks of its package, under the entry that exports it: `core-walks.ts`, `client/client-walks.ts`,
 * `server/server-walks.ts`, `testing-walks.ts`. These rows of `client` have a file of their own:
 *
 * - `IntrospectionClient` and its methods: `client/introspection-client-walks.ts`
 * - `combineIssuers` and its methods: `client/combine-issuers-walks.ts`
 * - client authentication: `client/client-authentication-walks.ts`
 * - frameworks, gateways, MCP: `client/adapter-walks.ts`
 * - presets: `client/provider-walks.ts`
 *
 * A new option of the client, a guard or a handler has a value in `client/client-options.ts` or `server/server-options.ts`.
 * A function without options has its name in `without-options.ts`.
 */
import { CLIENT_WALKS } from './client/client-walks.ts'
import { CORE_WALKS } from './core-walks.ts'
import { SERVER_WALKS } from './server/server-walks.ts'
import { TESTING_WALKS } from './testing-walks.ts'
import type { WalksByEntry } from './walk.ts'

/** By entry: each function that takes options, again with a method or a variant after its name. */
export const WALKS: WalksByEntry = { ...CORE_WALKS, ...CLIENT_WALKS, ...SERVER_WALKS, ...TESTING_WALKS }
