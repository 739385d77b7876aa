/** Starts nginx with `orders.conf`, on ports that are free. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The ports of the servers in `orders.conf`. */
export interface Ports {
  /** Where nginx listens: 8080 in the file. */
  readonly gateway: number
  /** Where nginx asks: 4000 in the file. */
  readonly authorizer: number
  /** The API: 3000 in the file. */
  readonly api: number
}

/** Starts nginx in the foreground, with its files in a folder of its own. @returns a function that stops it. */
export function startNginx({ gateway, authorizer, api }: Ports): () => Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'nginx-'))
  const ports = new Map([
    ['8080', gateway],
    ['4000', authorizer],
    ['3000', api],
  ])
  const servers = readFileSync(new URL('orders.conf', import.meta.url), 'utf8').replaceAll(
    /127\.0\.0\.1:(\d+)/g,
    (address, port: string) => `127.0.0.1:${ports.get(port) ?? address}`,
  )
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${name};`)
  const configuration = `
    daemon off; master_process off; pid nginx.pid; error_log error.log; events {}
    http { access_log off; ${temporary.join(' ')}
    ${servers} }`
  writeFileSync(join(directory, 'nginx.conf'), configuration)
  const args = ['-p', directory, '-e', 'error.log', '-c', 'nginx.conf']
  const nginx = spawn('nginx', args, { stdio: ['ignore', 'inherit', 'inherit'] })
  const ended = once(nginx, 'exit')
  const kill = (): void => void nginx.kill('SIGKILL')
  process.once('exit', kill)
  return async () => {
    nginx.kill('SIGTERM')
    await ended
    process.off('exit', kill)
    rmSync(directory, { recursive: true })
  }
}
