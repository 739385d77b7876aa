/** Real gateways with the configurations that the guide shows. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findFreePort } from '../../../core/test/find-free-port.ts'
import {
  findProgram,
  makeDirectory,
  type ServerCommand,
  runServer,
  type TestServer,
} from '../../../server/test/databases/server-process.ts'

const guide = readFileSync(new URL('../../../../docs/protect/gateways.md', import.meta.url), 'utf8')

/** The ports of the guide stand for these servers. */
export interface Ports {
  readonly api: number
  readonly authorizer: number
}

/**
 * Starts nginx; `undefined` when it is not installed.
 *
 * @param begins - how the configuration begins in the guide. Default: the first one.
 */
export async function startNginx(ports: Ports, begins?: string): Promise<TestServer | undefined> {
  const file = findProgram('nginx')
  if (file === undefined) return undefined
  const directory = makeDirectory('nginx')
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${directory}/${name};`,
  )
  return start(directory, ports, ['nginx', begins], (configuration) => {
    const main = `daemon off; master_process off; pid ${directory}/nginx.pid; error_log ${directory}/error.log; events {}`
    const path = write(
      directory,
      'nginx.conf',
      `${main}\nhttp { access_log off; ${paths.join(' ')}\n${configuration}\n}\n`,
    )
    return { file, args: ['-p', directory, '-e', join(directory, 'error.log'), '-c', path], crashSignal: 'SIGTERM' }
  })
}

/** Starts Caddy; `undefined` when it is not installed. */
export async function startCaddy(ports: Ports): Promise<TestServer | undefined> {
  const file = findProgram('caddy')
  if (file === undefined) return undefined
  const directory = makeDirectory('caddy')
  return start(directory, ports, ['caddyfile'], (configuration) => {
    const path = write(directory, 'Caddyfile', `{\n\tadmin off\n}\n${configuration}`)
    // Caddy keeps its last configuration and its certificates below these.
    const homes = [`XDG_CONFIG_HOME=${directory}`, `XDG_DATA_HOME=${directory}`]
    const args = [...homes, file, 'run', '--adapter', 'caddyfile', '--config', path]
    return { file: 'env', args, crashSignal: 'SIGTERM' }
  })
}

/** Starts Envoy; `undefined` when it is not installed. */
export async function startEnvoy(ports: Ports): Promise<TestServer | undefined> {
  const file = findProgram('envoy')
  if (file === undefined) return undefined
  const directory = makeDirectory('envoy')
  return start(directory, ports, ['yaml', 'static_resources:'], (configuration) => {
    const path = write(directory, 'envoy.yaml', configuration)
    const args = ['-c', path, '--disable-hot-restart', '--concurrency', '1', '-l', 'error']
    return { file, args, crashSignal: 'SIGTERM' }
  })
}

/** Starts Traefik; `undefined` when it is not installed. */
export async function startTraefik(ports: Ports): Promise<TestServer | undefined> {
  const file = findProgram('traefik')
  if (file === undefined) return undefined
  const directory = makeDirectory('traefik')
  return start(directory, ports, ['yaml', 'http:'], (configuration, port) => {
    // The tests ask for other hosts than the guide.
    const path = write(
      directory,
      'traefik.yaml',
      configuration.replace('Host(`orders.example.com`)', 'PathPrefix(`/`)'),
    )
    const args = [
      `--entryPoints.web.address=127.0.0.1:${port}`,
      `--providers.file.filename=${path}`,
      '--log.level=ERROR',
    ]
    return { file, args, crashSignal: 'SIGTERM', ping: () => expectRoutes(`http://127.0.0.1:${port}`) }
  })
}

async function start(
  directory: string,
  { api, authorizer }: Ports,
  [language, begins = '']: readonly [language: string, begins?: string | undefined],
  command: (configuration: string, port: number) => Omit<ServerCommand, 'ping'> & Partial<Pick<ServerCommand, 'ping'>>,
): Promise<TestServer> {
  const port = await findFreePort()
  const url = `http://127.0.0.1:${port}`
  const [, shown] = new RegExp(`^\`\`\`${language}\n(${begins}.*?)^\`\`\``, 'ms').exec(guide) ?? []
  if (shown === undefined) throw new Error(`the guide shows no configuration in ${language}`)
  const configuration = (
    [
      [8080, port],
      [4000, authorizer],
      [3000, api],
    ] as const
  ).reduce((text, [inGuide, actual]) => text.replaceAll(new RegExp(`(: ?)${inGuide}\\b`, 'g'), `$1${actual}`), shown)
  return runServer(url, directory, { ping: () => fetch(url), ...command(configuration, port) })
}

/** Traefik listens before it has read its routes, and answers 404 meanwhile. */
async function expectRoutes(url: string): Promise<void> {
  const { status } = await fetch(url)
  if (status === 404) throw new Error('the gateway knows no route yet')
}

function write(directory: string, name: string, text: string): string {
  const path = join(directory, name)
  writeFileSync(path, text)
  return path
}
