import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { cruise, type ICruiseResult } from 'dependency-cruiser'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { configuration } from './rules.ts'

/** A file of its own for each row: where it lies, and what it imports. */
const ALLOWED = [
  ['core/values/scope.ts', "import * as z from 'zod/mini'"],
  ['client/policy/check-policy.ts', "import { scopeIncludes } from '@token-introspection/core'"],
  ['client/transport/default.node.ts', "const a = await import('undici')"],
  ['client/transport/other.node.ts', "import { a } from './interim-send.node.ts'"],
  ['client/transport/client-authentication/none.ts', "import { a } from '../build-request.ts'"],
  ['client/introspect.ts', "import { a } from './transport/build-request.ts'"],
  [
    'client/issuers/combine-issuers.ts',
    "import { a } from '../guard.ts'\nimport { b } from '../token/extract-token.ts'",
  ],
  ['client/introspection-client.ts', "import { a } from './watch/watch-token.ts'"],
  ['client/options.ts', "import { a } from '#crypto'"],
  ['client/adapters/node.ts', "import type { A } from 'node:http'\nimport { B } from '../index.ts'"],
  ['server/lookup/find-token.ts', "import { a } from '../errors.ts'"],
  ['server/lookup/find-record.ts', "import { a } from '../stores/token-record.ts'"],
  ['server/stores/redis/keys.ts', "import { a } from '../token-record.ts'\nimport { b } from './scripts.ts'"],
  ['server/authorization/allow.ts', "import type { A } from '../lookup/other.ts'"],
  ['server/crypto/crypto.node.ts', "import { hash } from 'node:crypto'"],
  ['testing/msw.ts', "import { http } from 'msw'"],
] as const

const FORBIDDEN = [
  ['core/a.ts', "import { z } from 'zod'", 'core-packages'],
  ['core/b.ts', "import 'node:crypto'", 'node-files-only'],
  ['core/c.ts', "import { a } from '../../client/src/guard.ts'", 'core-packages'],
  ['core/http/d.ts', "import { a } from './base64.node.ts'", 'runtime-by-name'],
  ['core/e.ts', "import { a } from './utils.ts'", 'telling-names'],
  ['core/f.ts', "import { a } from './shared/scope.ts'", 'telling-names'],
  ['core/g.ts', "import { a } from 'gone'", 'core-packages', 'resolvable'],
  ['core/h.ts', "import type { A } from './circle.ts'", 'no-circles'],
  ['client/a.ts', "import { a } from '@token-introspection/server'", 'client-packages'],
  ['client/b.ts', "import type { A } from '@token-introspection/server'", 'client-packages'],
  ['client/c.ts', "let a: import('@token-introspection/server').A", 'client-packages'],
  ['server/a.ts', "export { a } from '@token-introspection/client'", 'server-packages'],
  ['client/transport/a.ts', "await import('undici')", 'client-imports-undici'],
  ['client/transport/b.ts', "const a = require('undici')", 'client-imports-undici'],
  ['client/policy/a.ts', "import { a } from '../transport/retry.ts'", 'client-steps-apart'],
  ['client/policy/b.ts', "import type { A } from '../introspect.ts'", 'client-nothing-above'],
  ['client/policy/c.ts', "import { a } from '../watch/watch-token.ts'", 'client-steps-apart'],
  ['client/keys/a.ts', "import { a } from '../jwt/b.ts'", 'client-steps-apart'],
  ['client/d.ts', "import { a } from './index.ts'", 'client-entry-is-for-others'],
  ['client/watch/a.ts', "import { a } from '../index.ts'", 'client-entry-is-for-others'],
  ['client/e.ts', "import { a } from './adapters/node.ts'", 'client-nothing-imports-adapters'],
  ['client/adapters/a.ts', "import { a } from '../guard.ts'", 'client-adapters-import-the-entry'],
  ['client/adapters/b.ts', "import { a } from '#crypto'", 'client-adapters-import-the-entry'],
  ['client/adapters/c.ts', "import { a } from '@token-introspection/core'", 'client-imports-@token-introspection/core'],
  ['client/adapters/express.ts', "import type { A } from 'express'", 'client-packages'],
  ['server/lookup/a.ts', "import { a } from '../crypto/crypto.ts'", 'server-runtime-by-name'],
  ['server/stores/a.ts', "import { a } from '../lookup/b.ts'", 'server-steps-apart'],
  ['server/b.ts', "export { a } from './stores/redis/index.ts'", 'server-stores/redis-apart'],
  ['server/stores/sqlite/a.ts', "import { a } from '../redis/a.ts'", 'server-stores/redis-apart'],
  ['client/f.ts', "import { a } from './gadgets/a.ts'", 'client-folders'],
  ['client/g.ts', "import { a } from './loose.ts'", 'client-root'],
  ['testing/a.ts', "import { http } from 'msw'", 'testing-imports-msw/lib/core/index'],
  ['testing/b.ts', "import { a } from '@token-introspection/client'", 'testing-imports-@token-introspection/client'],
] as const

/** Modules that the rows import by name. */
const PACKAGES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  zod: { '.': './index.js', './mini': './mini/index.js' },
  undici: { '.': './index.js' },
  express: { '.': './index.js' },
  msw: { '.': './lib/core/index.js' },
}

describe('the import rules', () => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'import-rules-')))
  const before = process.cwd()
  let found: ICruiseResult

  beforeAll(async () => {
    for (const [name, exports] of Object.entries(PACKAGES)) {
      write(`node_modules/${name}/package.json`, JSON.stringify({ name, exports }))
      for (const file of Object.values(exports)) write(`node_modules/${name}/${file}`, '')
    }
    mkdirSync(join(root, 'node_modules/@token-introspection'))
    for (const folder of ['core', 'client', 'server', 'testing']) {
      symlinkSync(join(root, 'packages', folder), join(root, 'node_modules/@token-introspection', folder))
      const manifest = {
        name: `@token-introspection/${folder}`,
        exports: { '.': './src/index.ts' },
        imports: { '#crypto': './src/crypto/crypto.node.ts' },
      }
      write(`packages/${folder}/package.json`, JSON.stringify(manifest))
      write(`packages/${folder}/src/index.ts`, '')
    }
    write('packages/core/src/circle.ts', "import type { A } from './h.ts'")
    for (const [path, text] of [...ALLOWED, ...FORBIDDEN]) {
      const file = `packages/${path.replace('/', '/src/')}`
      write(file, text)
      for (const [, target = ''] of text.matchAll(/'(\.[^']+)'/g)) write(join(dirname(file), target), '')
    }
    write('packages/client/src/crypto/crypto.node.ts', '')
    // dependency-cruiser resolves paths from the working directory.
    process.chdir(root)
    const { forbidden, options } = configuration
    const { output } = await cruise(['packages'], { ...options, validate: true, ruleSet: { forbidden } })
    if (typeof output === 'string') throw new Error(output)
    found = output
  })
  afterAll(() => {
    process.chdir(before)
    rmSync(root, { recursive: true })
  })

  test.each(ALLOWED)('let %s write %s', (path) => {
    expect(brokenBy(path)).toEqual([])
  })

  test.each(FORBIDDEN)('do not let %s write %s', (path, _, ...rules) => {
    expect(brokenBy(path)).toEqual(rules)
  })

  /** The rules that the imports of a file break. */
  function brokenBy(path: string): string[] {
    const from = `packages/${path.replace('/', '/src/')}`
    // A circle is reported once, from one of its files.
    const names = found.summary.violations
      .filter((broken) => broken.from === from || broken.cycle?.some(({ name }) => name === from))
      .map(({ rule }) => rule.name)
    return [...new Set(names)].toSorted()
  }

  /** Writes a file unless a row has written it before. */
  function write(path: string, text: string): void {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text, { flag: text === '' ? 'a' : 'w' })
  }
})
