/** Starts the authorization server of the cases in its own process, and tells programs how to reach it. */
import { generateKeyPairSync } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findFreePort } from '../../../core/test/find-free-port.ts'
import { createCertificate } from '../../../client/test/certificates.ts'
import { startProcess, type StartedProcess } from '../mount-check/started-process.ts'
import type { ServerConfiguration, SmokeAddresses } from './program/smoke-input.ts'

/** A server that listens. */
export interface SmokeServer extends StartedProcess {
  readonly input: SmokeAddresses
}

/** The programs. They are copied into the project that has the packages. */
export const PROGRAMS = join(import.meta.dirname, 'program')

/** A secret that is long enough for HS256, with characters that need encoding. */
const CLIENT_SECRET = 's3cr3t: %+é, of more than thirty-two octets'

/** Starts the server in a project with the packages and the programs. */
export async function startSmokeServer(directory: string): Promise<SmokeServer> {
  const [port, tlsPort, closedPort] = [await findFreePort(), await findFreePort(), await findFreePort()]
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const certificate = createCertificate('127.0.0.1')
  const configuration: ServerConfiguration = {
    port,
    tlsPort,
    certificate,
    clientSecret: CLIENT_SECRET,
    publicKey: { ...publicKey.export({ format: 'jwk' }), alg: 'ES256' },
  }
  const path = join(directory, 'configuration.json')
  writeFileSync(path, JSON.stringify(configuration))
  const args = ['--disable-warning=ExperimentalWarning', 'program/authorization-server.ts', path]
  const started = await startProcess(process.execPath, args, directory, port, {})
  return {
    ...started,
    input: {
      server: `http://127.0.0.1:${port}`,
      tls: { server: `https://127.0.0.1:${tlsPort}`, ca: certificate.cert },
      closed: `http://127.0.0.1:${closedPort}`,
      clientSecret: CLIENT_SECRET,
      privateKey: privateKey.export({ format: 'jwk' }),
    },
  }
}
