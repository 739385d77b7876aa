/** Serves a built site as a web server with clean addresses does: `/run/stores` is the file `run/stores.html`. */
import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'

/** A server of a site. It ends when it is disposed of. */
export interface SiteServer extends AsyncDisposable {
  readonly origin: string
}

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.md': 'text/markdown; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
}

/** Serves the files of a directory on a free port of loopback. */
export async function serveSite(directory: string): Promise<SiteServer> {
  const server = createServer((request, response) => {
    const path = decodeURI(new URL(request.url ?? '/', 'http://site').pathname)
    readSiteFile(directory, path).then(
      ({ body, type }) => response.writeHead(200, { 'content-type': type }).end(body),
      () => response.writeHead(404).end(),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { origin: `http://127.0.0.1:${port}`, [Symbol.asyncDispose]: () => close(server) }
}

async function readSiteFile(
  directory: string,
  path: string,
): Promise<{ readonly body: Buffer; readonly type: string }> {
  const name = path.endsWith('/') ? `${path}index.html` : extname(path) === '' ? `${path}.html` : path
  return { body: await readFile(join(directory, name)), type: MEDIA_TYPES[extname(name)] ?? 'application/octet-stream' }
}

function close(server: Server): Promise<void> {
  server.closeAllConnections()
  return new Promise((resolve) => server.close(() => resolve()))
}
