/** What `serve` prints when it is ready: where everything is, and how to use it. */
import { visibleText } from '@token-introspection/core'
import { formatTable } from '../terminal/format-table.ts'
import { shellWord } from '../terminal/shell-word.ts'
import type { Format, Result } from '../terminal/terminal.ts'
import { wrapText } from '../terminal/wrap-text.ts'
import { ENDPOINT_PATHS } from './authorization-server/metadata-document.ts'
import type { LoadedConfiguration } from './configuration/load-configuration.ts'
import { DEFAULT_PORT, type ServeFlags } from './serve-options.ts'

/** What the announcement tells. */
export interface Announced {
  readonly issuer: string
  /** Where this machine reaches the server. */
  readonly url: string
  readonly port: number
  readonly configuration: LoadedConfiguration
  readonly flags: ServeFlags
}

/** Makes the announcement. Secrets are in it only when they were made up, because nobody else knows them. */
export function announce(announced: Announced): Result {
  return { value: toValue(announced), lines: (format) => toLines(announced, format) }
}

function toValue({ issuer, url, configuration: { protectedResources, clients, isMadeUp }, flags }: Announced): object {
  return {
    issuer,
    url,
    metadata: metadataUrl(issuer),
    introspection_endpoint: endpoint(issuer, 'introspection'),
    revocation_endpoint: endpoint(issuer, 'revocation'),
    revocation_feed_endpoint: endpoint(issuer, 'revocations'),
    token_endpoint: endpoint(issuer, 'token'),
    ...(flags.page === true && { page: `${url}/` }),
    store: flags.store ?? 'memory',
    protectedResources: protectedResources.map(({ id, secret, audiences }) => ({
      id,
      ...(isMadeUp && { secret }),
      audiences,
    })),
    clients: clients.map(({ id, secret, scope, audiences }) => ({
      id,
      ...(isMadeUp && { secret }),
      scope: scope.join(' '),
      audiences,
    })),
  }
}

function toLines(announced: Announced, { style, width }: Format): string[] {
  const { issuer, url, port, configuration, flags } = announced
  const { protectedResources, clients, isMadeUp } = configuration
  const kept =
    flags.store === undefined
      ? 'Tokens are kept in memory, and are gone when the server stops.'
      : `Tokens are kept in ${visibleText(flags.store)}, as digests.`
  const [resource] = protectedResources
  const [client] = clients
  const atPort = port === DEFAULT_PORT ? '' : ` --port ${port}`
  const scope = client?.scope[0] === undefined ? '' : ` --scope ${shellWord(client.scope[0])}`
  const endpoints = [
    ['issuer', issuer],
    ['metadata', metadataUrl(issuer)],
    ['introspection', endpoint(issuer, 'introspection')],
    ['revocation', endpoint(issuer, 'revocation')],
    ['revocation feed', endpoint(issuer, 'revocations')],
    ['token', endpoint(issuer, 'token')],
    ...(flags.page === true ? [['page', `${url}/`]] : []),
  ]
  return [
    style.title('An authorization server for development is ready.'),
    ...wrapText(kept, width),
    '',
    ...formatTable(
      endpoints.map(([name = '', value = '']) => [name, style.literal(visibleText(value))]),
      width,
    ),
    '',
    style.title(heading('Protected resource', protectedResources.length, isMadeUp)),
    ...protectedResources.flatMap(({ id, secret, audiences }) => [
      ...formatTable(
        [
          ['id', visibleText(id)],
          ...(isMadeUp ? [['secret', secret]] : []),
          ['audience', visibleText(audiences.join(' '))],
        ],
        width,
      ),
    ]),
    '',
    style.title(heading('Client', clients.length, isMadeUp)),
    ...clients.flatMap(({ id, secret, scope: allowed }) => [
      ...formatTable(
        [
          ['id', visibleText(id)],
          ...(isMadeUp ? [['secret', secret]] : []),
          ['scope', visibleText(allowed.join(' ')) || 'none'],
        ],
        width,
      ),
    ]),
    '',
    style.title('Try it in another terminal'),
    `  ${style.literal(`token-introspection issue${atPort}${scope} > token`)}`,
    `  ${style.literal(`token-introspection inspect --issuer ${shellWord(issuer)} --client-id ${shellWord(resource?.id ?? '')} < token`)}`,
    `  ${style.literal(`token-introspection list${atPort}`)}`,
    '',
    style.faint('Ctrl-C stops the server.'),
  ]
}

function heading(what: string, count: number, isMadeUp: boolean): string {
  return `${what}${count === 1 ? '' : 's'}${isMadeUp ? ', made up for this run' : ''}`
}

function endpoint(issuer: string, name: keyof typeof ENDPOINT_PATHS): string {
  return issuer.replace(/\/$/, '') + ENDPOINT_PATHS[name]
}

/** RFC 8414 §3.1. */
function metadataUrl(issuer: string): string {
  const { origin, pathname } = new URL(issuer)
  return `${origin}/.well-known/oauth-authorization-server${pathname.replace(/\/$/, '')}`
}
