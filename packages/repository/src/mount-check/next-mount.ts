/** Next, with a bundle of Turbopack, which `next build` makes unless it is told otherwise. */
import { join } from 'node:path'
import { askFromNext, type Start } from '../client-check/ask-from-next.ts'
import { mustRun } from '../pack-check/run-command.ts'
import { ENDPOINT_MODULE } from './endpoint.ts'
import { guardedRoute } from './guarded-route.ts'
import { guideProgram } from './guide-program.ts'
import type { Expected } from './http-cases.ts'
import type { Mount } from './mount.ts'
import { writeProjectFile } from './project-file.ts'
import { startProcess } from './started-process.ts'

/**
 * The app router has answers of its own to methods a route does not export: no body, and OPTIONS says which there are. Of two
 * `Authorization` fields it hands on the first alone. The pages router hands on everything.
 */
const NEXT_ANSWERS: Readonly<Record<string, Expected>> = {
  'two Authorization fields': { status: 200, body: { active: true } },
  'a wrong Authorization field after the right one': { status: 200, body: { active: true } },
  GET: { status: 405, body: '' },
  PUT: { status: 405, body: '' },
  HEAD: { status: 405, body: '' },
  OPTIONS: { status: 204, headers: { allow: 'OPTIONS, POST' }, body: '' },
}

const BINARY = 'node_modules/next/dist/bin/next'
const ENVIRONMENT = { NEXT_TELEMETRY_DISABLED: '1' }

export const next: Mount = {
  name: 'Next 16.4.6, app router and pages router',
  packages: ['next@16.4.6', 'react@19.3.1', 'react-dom@19.3.1'],
  binary: BINARY,
  script: BINARY,
  environment: ENVIRONMENT,
  prepare(directory) {
    writeProjectFile(directory, 'endpoint.js', ENDPOINT_MODULE)
    writeProjectFile(directory, 'app/introspect/route.js', guideProgram('Next', '../../endpoint.js'))
    writeProjectFile(directory, 'app/client/route.js', "export { POST } from '../../program/in-next.ts'\n")
    writeProjectFile(directory, 'app/orders/route.js', guardedRoute('protect/next.md', 'Guard a Next API'))
    writeProjectFile(directory, 'pages/api/introspect.js', guideProgram('Next, pages router', '../../endpoint.js'))
    const orders = guardedRoute('protect/next.md', 'Guard a route of the pages router')
    writeProjectFile(directory, 'pages/api/orders.js', orders)
    mustRun(process.execPath, [join(directory, BINARY), 'build'], directory)
  },
  args: startOn,
  exceptions: NEXT_ANSWERS,
  alsoAt: '/api/introspect',
  ask(directory, server) {
    const start: Start = (port, environment) => {
      const args = [join(directory, BINARY), ...startOn(port)]
      return startProcess(process.execPath, args, directory, port, { ...ENVIRONMENT, ...environment })
    }
    return askFromNext(start, server)
  },
}

function startOn(port: number): string[] {
  return ['start', '-H', '127.0.0.1', '-p', String(port)]
}
