import { expect, test } from 'vitest'
import { checkFile } from './check-imports.ts'
import { LAYOUTS } from './layout.ts'

function check(path: string, text: string): string[] {
  const [folder = '', ...inside] = path.split('/')
  const layout = LAYOUTS[folder]
  if (layout === undefined) throw new Error(`no rules for ${folder}`)
  return checkFile({ path: `packages/${folder}/src/${inside.join('/')}`, text }, layout)
}

test.each([
  ['core/values/scope.ts', "import * as z from 'zod/mini'"],
  ['client/policy/check-policy.ts', "import { scopeIncludes } from '@token-introspection/core'"],
  ['client/transport/default-transport.node.ts', "const a = await import('undici')"],
  ['client/transport/default-transport.node.ts', "import { a } from './interim-send.node.ts'"],
  ['client/transport/client-authentication/none.ts', "import { a } from '../build-request.ts'"],
  ['client/introspect.ts', "import { a } from './transport/build-request.ts'"],
  [
    'client/issuers/combine-issuers.ts',
    "import { a } from '../guard.ts'\nimport { b } from '../token/extract-token.ts'",
  ],
  ['client/introspection-client.ts', "import { a } from './watch/watch-token.ts'"],
  ['client/options.ts', "import { a } from '#default-transport'"],
  ['client/adapters/node.ts', "import type { A } from 'node:http'\nimport { B } from '../index.ts'"],
  ['server/lookup/find-token.ts', "import { a } from '../errors.ts'"],
  ['server/lookup/find-token.ts', "import { a } from '../stores/token-record.ts'"],
  ['server/stores/redis/keys.ts', "import { a } from '../token-record.ts'\nimport { b } from './scripts.ts'"],
  ['server/authorization/allow.ts', "import type { A } from '../lookup/find-token.ts'"],
  ['server/crypto/crypto.node.ts', "import { hash } from 'node:crypto'\nBuffer.from('')"],
  ['testing/msw.ts', "import { http } from 'msw'"],
  ['core/values/scope.ts', 'export const a = { process: 1 }.process'],
])('%s may %s', (path, text) => {
  expect(check(path, text)).toEqual([])
})

test.each([
  ['core/values/scope.ts', "import { z } from 'zod'", 'imports zod,'],
  ['core/values/scope.ts', "import 'node:crypto'", 'imports node:crypto:'],
  ['core/values/scope.ts', "import 'crypto'", 'imports crypto without node:'],
  ['core/values/scope.ts', "import { a } from '../../../client/src/index.ts'", 'outside the package'],
  ['core/values/scope.ts', "import { a } from './audience'", 'without its extension'],
  ['core/http/authorization.ts', "import { a } from './base64.node.ts'", 'by its path'],
  ['core/values/scope.ts', 'Buffer.from(text)', 'uses Buffer'],
  ['core/values/scope.ts', 'export function a(b: Buffer) {}', 'uses Buffer'],
  ['core/values/scope.ts', "if (process.env['A']) b()", 'uses process'],
  ['core/values/utils.ts', '', 'is named utils'],
  ['core/shared/scope.ts', '', 'is named shared'],
  ['client/types.ts', '', 'is named types'],
  ['client/guard.ts', "import { a } from '@token-introspection/server'", 'imports @token-introspection/server,'],
  ['client/guard.ts', "import type { A } from '@token-introspection/server'", 'imports @token-introspection/server,'],
  ['client/guard.ts', "let a: import('@token-introspection/server').A", 'imports @token-introspection/server,'],
  ['server/errors.ts', "export { a } from '@token-introspection/client'", 'imports @token-introspection/client,'],
  ['client/transport/fetch-send.ts', "await import('undici')", 'imports undici, which does not belong here'],
  ['client/transport/fetch-send.ts', 'await import(name)', 'only known when it runs'],
  ['client/policy/check.ts', "import { a } from '../transport/retry.ts'", 'imports code of the step transport'],
  ['client/policy/check.ts', "import { type A } from '../transport/retry.ts'", 'imports code of the step transport'],
  ['client/policy/check.ts', "import type { A } from '../introspect.ts'", 'what stands above it'],
  ['client/guard.ts', "import { a } from './index.ts'", 'the entry is for others'],
  ['client/watch/watch-token.ts', "import { a } from '../index.ts'", 'the entry is for others'],
  ['client/policy/check.ts', "import { a } from '../watch/watch-token.ts'", 'imports code of the step watch'],
  ['client/guard.ts', "import { a } from './adapters/node.ts'", 'nothing imports an adapter'],
  ['client/adapters/node.ts', "import { a } from '../guard.ts'", 'imports ../index.ts only'],
  ['client/adapters/node.ts', "import { a } from '@token-introspection/core'", 'does not belong here'],
  ['client/adapters/express.ts', "import type { A } from 'express'", 'imports express,'],
  ['server/adapters/node.ts', "import { a } from '#crypto'", 'imports ../index.ts only'],
  ['server/stores/token-store.ts', "import { a } from '../crypto/crypto.ts'", 'use its #name'],
  ['server/stores/token-store.ts', "import { a } from '../lookup/find-token.ts'", 'imports code of the step lookup'],
  ['server/index.ts', "export { a } from './stores/redis/index.ts'", 'stores/redis is an entry'],
  ['server/stores/sqlite/schema.ts', "import { a } from '../redis/keys.ts'", 'stores/redis is an entry'],
  ['client/gadgets/a.ts', '', 'lies in gadgets/'],
  ['testing/index.ts', "import { http } from 'msw'", 'does not belong here'],
  ['testing/index.ts', "import { a } from '@token-introspection/client'", 'imports @token-introspection/client,'],
])('%s may not %s', (path, text, problem) => {
  const problems = check(path, text)
  expect(problems).toEqual([expect.stringContaining(problem)])
  expect(problems[0]).toMatch(/^packages\/\w+\/src\/\S+\.ts /)
})
