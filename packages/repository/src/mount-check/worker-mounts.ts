/** workerd, with workers that esbuild or wrangler has bundled. */
import { renameSync } from 'node:fs'
import { join } from 'node:path'
import { askFromWorker, type Bundle } from '../client-check/ask-from-worker.ts'
import { mustRun } from '../pack-check/run-command.ts'
import { ENDPOINT_MODULE } from './endpoint.ts'
import { guideProgram } from './guide-program.ts'
import type { Mount } from './mount.ts'
import { writeProjectFile } from './project-file.ts'

const COMPATIBILITY_DATE = '2026-10-01'
const ESBUILD = ['--bundle', '--format=esm', '--target=es2024', '--conditions=workerd,worker']

const bundleByEsbuild: Bundle = (directory, entry, outfile) => {
  mustRun(join(directory, 'node_modules/.bin/esbuild'), [entry, ...ESBUILD, `--outfile=${outfile}`], directory)
}

const bundleByWrangler: Bundle = (directory, entry, outfile) => {
  const deploy = ['deploy', entry, '--dry-run', '--outdir=wrangler', '--name=orders']
  const wrangler = join(directory, 'node_modules/wrangler/bin/wrangler.js')
  mustRun(process.execPath, [wrangler, ...deploy, `--compatibility-date=${COMPATIBILITY_DATE}`], directory)
  const [name = ''] = entry.split('/').at(-1)?.split('.') ?? []
  renameSync(join(directory, `wrangler/${name}.js`), join(directory, outfile))
}

const platform = process.arch === 'arm64' ? 'workerd-linux-arm64' : 'workerd-linux-64'
const binary = `node_modules/@cloudflare/${platform}/bin/workerd`

function createWorkerMount(name: string, packages: readonly string[], bundle: Bundle): Mount {
  return {
    name,
    packages,
    binary,
    prepare(directory, port) {
      writeProjectFile(directory, 'endpoint.js', ENDPOINT_MODULE)
      writeProjectFile(directory, 'main.js', guideProgram('Workers', './endpoint.js'))
      bundle(directory, 'main.js', 'worker.js')
      writeProjectFile(directory, 'config.capnp', configuration(port))
    },
    args: () => ['serve', 'config.capnp'],
    hasFeed: true,
    ask: (directory, server) => askFromWorker(binary, bundle, directory, server),
  }
}

/** wrangler installs the same workerd. */
export const WORKER_MOUNTS: readonly Mount[] = [
  createWorkerMount('workerd 1.20261117.1', ['workerd@1.20261117.1', 'esbuild@0.28.2'], bundleByEsbuild),
  createWorkerMount('workerd with the bundle of wrangler 4.164.0', ['wrangler@4.164.0'], bundleByWrangler),
]

function configuration(port: number): string {
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = (
    modules = [(name = "worker.js", esModule = embed "worker.js")],
    compatibilityDate = "${COMPATIBILITY_DATE}",
  ))],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
);
`
}
