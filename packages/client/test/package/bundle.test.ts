/** A bundle for Node, as esbuild makes it. ES modules have no `require`, which undici needs. */
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { describe, expect, onTestFinished, test } from 'vitest'

const run = promisify(execFile)

const program = (options: string) => `
  import { clientSecretBasic, IntrospectionClient } from '@token-introspection/client'
  const warnings = []
  process.on('warning', ({ code }) => warnings.push(code))
  const client = new IntrospectionClient({
    endpoint: 'http://127.0.0.1:65534/introspect',
    clientAuthentication: clientSecretBasic('api', 'secret'),
    transport: { allowHttpOnLoopback: true, deadlineMs: 30_000, retry: false, ${options} },
    onWarning: false,
  })
  const [first, second] = [await client.introspect('a').catch((error) => error), await client.introspect('b').catch((error) => error)]
  setImmediate(() => console.log(JSON.stringify({ first: first.code, second: second.code, message: first.message, warnings })))
`

interface Said {
  readonly first: string
  readonly second: string
  readonly message: string
  readonly warnings: readonly string[]
}

async function bundleAndRun(options: string, format: 'esm' | 'cjs', banner = ''): Promise<Said> {
  const directory = await mkdtemp(join(tmpdir(), 'bundle-'))
  onTestFinished(() => rm(directory, { recursive: true }))
  const outfile = join(directory, format === 'esm' ? 'out.mjs' : 'out.cjs')
  const contents =
    format === 'esm'
      ? program(options)
      : `(async () => { ${program(options).replace(/import (.*) from '(.*)'/, "const $1 = await import('$2')")} })()`
  await build({
    stdin: { resolveDir: import.meta.dirname, contents },
    bundle: true,
    platform: 'node',
    format,
    outfile,
    logLevel: 'silent',
    banner: { js: banner },
  })
  const { stdout } = await run(process.execPath, [outfile])
  return JSON.parse(stdout) as Said
}

const UNREACHABLE = { first: 'ERR_TRANSPORT_UNREACHABLE', second: 'ERR_TRANSPORT_UNREACHABLE' }

describe('a bundle for Node', () => {
  test('of ES modules uses the fetch of Node, and warns once', async () => {
    const said = await bundleAndRun('', 'esm')
    expect(said).toMatchObject({ ...UNREACHABLE, warnings: ['TOKEN_INTROSPECTION_WITHOUT_UNDICI'] })
    expect(said.message).toContain('ECONNREFUSED')
  })

  test('of ES modules gives the remedy when an option needs undici', async () => {
    const said = await bundleAndRun("proxy: 'http://127.0.0.1:2'", 'esm')
    expect(said).toMatchObject({ ...UNREACHABLE, warnings: [] })
    expect(said.message).toMatch(/^undici could not be loaded, and transport\.proxy needs it: mark undici as external/)
  })

  test.each([
    [
      'of ES modules with a require',
      'esm',
      "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)",
    ],
    ['of CommonJS', 'cjs', ''],
  ] as const)('%s uses undici', async (_, format, banner) => {
    expect(await bundleAndRun('', format, banner)).toMatchObject({ ...UNREACHABLE, warnings: [] })
  })
})
