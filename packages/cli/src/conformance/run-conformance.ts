/** SPINE: a server in, a report about its requirements out. */
import { Buffer } from 'node:buffer'
import { openConnection } from '../connection/open-connection.ts'
import { VARIABLES } from '../connection/connection-options.ts'
import type { KnownSecrets } from '../connection/known-secrets.ts'
import { MisuseError, UnableError } from '../errors.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import type { Surroundings } from '../surroundings/surroundings.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { Asker } from './asker.ts'
import { checkEndpoint, checkHost } from './check-host.ts'
import { checkRequirements } from './check-requirements.ts'
import type { ConformanceFlags } from './conformance-options.ts'
import { findTarget } from './find-target.ts'
import { findTokens } from './find-tokens.ts'
import { describeReply, saysActive } from './reply.ts'
import { junitReport } from './report/junit-report.ts'
import { reportLines } from './report/report-lines.ts'
import { toReport } from './report/report.ts'
import { REQUIREMENTS } from './requirements/requirements.ts'
import { askSigned, isSigned } from './requirements/signed-answer-requirements.ts'

/** The methods for which the suite can make wrong credentials. */
const METHODS: readonly string[] = ['client_secret_basic', 'client_secret_post', 'Bearer']

/** Tests a server. Ends with 1 when a requirement failed. */
export async function runConformance(
  argument: string | undefined,
  flags: ConformanceFlags,
  surroundings: Surroundings,
  terminal: Terminal,
): Promise<ExitCode> {
  const url = argument ?? flags.issuer ?? flags.endpoint ?? surroundings.environment[VARIABLES.issuer]
  if (!url) throw new MisuseError('url: is required: the issuer, or the introspection endpoint')
  if (!METHODS.includes(flags.auth)) {
    throw new MisuseError(`--auth ${flags.auth}: the suite authenticates by ${METHODS.join(', ')}`)
  }
  checkHost(url, flags)
  const limits = { timeoutMs: flags.timeout * 1000, signal: surroundings.stop }
  const connection = await openConnection({ ...flags, issuer: url }, surroundings)
  const { dispatcher, secrets } = connection
  try {
    const { endpoint, metadata } = await findTarget(url, dispatcher, limits)
    checkEndpoint(endpoint, url, flags)
    const tokens = await findTokens(url, flags, surroundings)
    secrets.add(tokens.goodToken ?? '', 'the good token')
    secrets.add(tokens.endedToken ?? '', 'the ended token')
    const caller = connection.clientOptions.clientAuthentication
    const asker = new Asker({
      ...tokens,
      endpoint,
      metadata,
      dispatcher,
      caller,
      clientSecret: connection.clientSecret,
      randomText: () => Buffer.from(surroundings.randomBytes(24)).toString('base64url'),
      maxRequests: flags.maxRequests,
      limits,
    })
    await requireAnswers(asker, secrets)
    const checked = await checkRequirements(REQUIREMENTS, asker, {
      goodToken: tokens.goodToken !== undefined,
      endedToken: tokens.endedToken !== undefined,
      basic: connection.clientSecret !== undefined,
      metadata: metadata !== undefined,
      signedAnswer: isSigned(await askSigned(asker)),
    })
    if (surroundings.stop.aborted) throw new UnableError('stopped before every requirement was checked')
    const name = `${caller.clientId ?? 'the owner of the access token'} by ${caller.method}`
    const report = toReport(checked, { endpoint, caller: name, requests: asker.requests }, secrets)
    if (flags.junit !== undefined) await surroundings.files.write(flags.junit, junitReport(report))
    terminal.print({ value: report, lines: (format) => reportLines(report, format) })
    return report.counts.failed === 0 ? EXIT.good : EXIT.no
  } finally {
    await connection.close()
  }
}

/** Without these two answers, every requirement would fail for the same reason. */
async function requireAnswers(asker: Asker, secrets: KnownSecrets): Promise<void> {
  const unknown = await asker.askUnknown()
  if (unknown.status !== 200) {
    throw new UnableError(
      `the first question, about an unknown token, got ${secrets.hide(describeReply(unknown))}. Check the URL and the credentials with "token-introspection inspect"`,
    )
  }
  if (asker.goodToken === '') return
  const good = await asker.askGood()
  if (saysActive(good)) return
  throw new UnableError(
    `the good token got ${secrets.hide(describeReply(good))}: it has ended, or this caller may not know it. Give a token that is meant for the caller`,
  )
}
