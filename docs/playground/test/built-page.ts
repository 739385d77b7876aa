/** Builds the page of the playground as a bundler does for production, and serves it on loopback. */
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { build } from 'vite'

/** The page. */
export interface BuiltPage {
  readonly url: string
  close(): Promise<void>
}

const MEDIA_TYPES: Readonly<Partial<Record<string, string>>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
}

/** Builds and serves the page. */
export async function servePage(): Promise<BuiltPage> {
  const directory = mkdtempSync(join(tmpdir(), 'playground-'))
  const configFile = join(import.meta.dirname, '../vite.config.ts')
  await build({ configFile, logLevel: 'error', build: { outDir: directory, emptyOutDir: true } })
  const server = createServer(({ url = '/' }, response) => {
    const { pathname } = new URL(url, 'http://localhost')
    const name = pathname === '/' ? 'index.html' : pathname.slice(1)
    if (!/^(?:index\.html|assets\/[\w-]+\.(?:js|css))$/.test(name)) {
      response.writeHead(404).end()
      return
    }
    response.writeHead(200, { 'content-type': MEDIA_TYPES[extname(name)] }).end(readFileSync(join(directory, name)))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
      rmSync(directory, { recursive: true })
    },
  }
}
