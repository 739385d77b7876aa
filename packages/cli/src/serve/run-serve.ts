/** SPINE: options in, a server that runs until it is asked to stop. */
import { once } from 'node:events'
import { EXIT, type ExitCode } from '../exit-code.ts'
import type { Surroundings } from '../surroundings/surroundings.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { announce } from './announce.ts'
import { stateDirectory, stateFile } from './admin/state-file.ts'
import { createAuthorizationServer } from './authorization-server/create-authorization-server.ts'
import { loadConfiguration } from './configuration/load-configuration.ts'
import { listen } from './listen.node.ts'
import { checkHost, issuerOf, knownHosts, localUrl, type ServeFlags } from './serve-options.ts'
import { openStore } from './store/open-store.ts'

/** 256 bits. */
const SECRET_OCTETS = 32

/** Serves until `surroundings.stop` is aborted. */
export async function runServe(flags: ServeFlags, surroundings: Surroundings, terminal: Terminal): Promise<ExitCode> {
  const { now, randomBytes, files, stop, environment } = surroundings
  checkHost(flags)
  const directory = stateDirectory(flags.state, environment)
  const configuration = await loadConfiguration(flags.config, surroundings)
  const { store, close: closeStore } = await openStore(flags.store, surroundings)
  try {
    const listening = await listen(flags.host, flags.port)
    try {
      const issuer = issuerOf(flags, listening.port)
      const url = localUrl(flags.host, listening.port)
      const secret = Buffer.from(randomBytes(SECRET_OCTETS)).toString('base64url')
      const server = createAuthorizationServer({
        issuer,
        configuration,
        store,
        adminSecret: secret,
        expiresInSeconds: flags.expiresIn,
        hasPage: flags.page === true,
        now,
        randomBytes,
        onWarning: (message) => terminal.tell(`warning: ${message}`),
      })
      listening.serve(server.handlers, knownHosts(flags, issuer), now)
      const path = stateFile(directory, listening.port)
      await files.writePrivate(path, JSON.stringify({ url, secret }))
      try {
        terminal.print(announce({ issuer, url, port: listening.port, configuration, flags }))
        await untilAborted(stop)
        terminal.tell('Stopping.')
        server.close()
      } finally {
        await files.remove(path)
      }
    } finally {
      await listening.close()
    }
  } finally {
    closeStore()
  }
  return EXIT.good
}

async function untilAborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort')
}
