/** Nitro 3, and Nitro 2, on which Nuxt 3 and 4 build. Both bundle the routes with the packages, for Node. */
import { join } from 'node:path'
import { findFreePort } from '../../../core/test/find-free-port.ts'
import { askGuardedRoute, guardedEnvironment } from '../client-check/ask-guarded-route.ts'
import { mustRun } from '../pack-check/run-command.ts'
import { ENDPOINT_MODULE } from './endpoint.ts'
import { guardedRoute } from './guarded-route.ts'
import { guideProgram } from './guide-program.ts'
import type { Expected } from './http-cases.ts'
import type { Mount } from './mount.ts'
import { writeProjectFile } from './project-file.ts'
import { startProcess } from './started-process.ts'

const GUIDE = 'protect/nitro.md'
const SCRIPT = 'serve.js'

/** The server that Nitro builds reads its port from the environment. The first argument is easier to pass. */
const SERVE = `
process.env.HOST = '127.0.0.1'
process.env.PORT = process.argv[2]
await import('./.output/server/index.mjs')
`

/** Of two `Authorization` fields, Nitro passes on the first alone. */
const NITRO_ANSWERS: Readonly<Record<string, Expected>> = {
  'two Authorization fields': { status: 200, body: { active: true } },
  'a wrong Authorization field after the right one': { status: 200, body: { active: true } },
}

function createNitroMount(
  name: string,
  packages: readonly string[],
  binary: string,
  writeRoutes: (directory: string) => void,
): Mount {
  return {
    name,
    packages,
    binary,
    script: SCRIPT,
    prepare(directory) {
      writeProjectFile(directory, 'endpoint.js', ENDPOINT_MODULE)
      writeProjectFile(directory, SCRIPT, SERVE)
      writeRoutes(directory)
      mustRun(process.execPath, [join(directory, binary), 'build'], directory)
    },
    args: (port) => [String(port)],
    exceptions: NITRO_ANSWERS,
    async ask(directory) {
      const port = await findFreePort()
      const args = [SCRIPT, String(port)]
      const app = await startProcess(process.execPath, args, directory, port, guardedEnvironment(port))
      try {
        return await askGuardedRoute(port, '/orders')
      } finally {
        await app.stop()
      }
    },
  }
}

export const NITRO_MOUNTS: readonly Mount[] = [
  createNitroMount('Nitro 3.0.0', ['nitro@3.0.0'], 'node_modules/nitro/dist/cli/index.mjs', (directory) => {
    writeProjectFile(directory, 'nitro.config.mjs', "export default { compatibilityDate: '2026-10-01' }\n")
    writeProjectFile(directory, 'routes/introspect.js', guideProgram('Nitro', '../endpoint.js'))
    writeProjectFile(directory, 'routes/orders.get.js', guardedRoute(GUIDE, 'Guard a Nitro API'))
  }),
  createNitroMount('Nitro 2.13.6', ['nitropack@2.13.6'], 'node_modules/nitropack/dist/cli/index.mjs', (directory) => {
    // The endpoint of this check waits at its top level.
    const target = "esbuild: { options: { target: 'es2022' } }"
    writeProjectFile(directory, 'nitro.config.mjs', `export default { compatibilityDate: '2026-10-01', ${target} }\n`)
    writeProjectFile(directory, 'routes/introspect.js', guideProgram('Nitro 2', '../endpoint'))
    writeProjectFile(directory, 'routes/orders.get.js', guardedRoute(GUIDE, 'Nitro 2 and Nuxt'))
  }),
]
