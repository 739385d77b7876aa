/** The page that shows the live tokens. It has no script, and no text of a token. */
import type { HttpHandler } from '@token-introspection/server'
import { createHash } from 'node:crypto'
import type { ListAnswer, ServedToken } from '../admin/admin-messages.ts'
import { absoluteTime, relativeTime } from '../../terminal/relative-time.ts'

const STYLE = `
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem; color: #1a1a1a; background: #fff }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: .4rem .8rem .4rem 0; border-bottom: 1px solid #ddd; vertical-align: top }
code { font: 13px ui-monospace, monospace }
@media (prefers-color-scheme: dark) { body { color: #eee; background: #161616 } th, td { border-color: #444 } }
`
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64')

/** Nothing may be loaded, and no page may frame this one. */
const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
}

/** The letters of an identifier that the page and `list` show. */
export const SHOWN_ID_LENGTH = 12

/** Creates the page. */
export function createTokensPage(
  issuer: string,
  list: () => Promise<ListAnswer>,
  now: () => number,
): Pick<HttpHandler, 'handle'> {
  return {
    async handle(request) {
      if (request.method !== 'GET' && request.method !== 'HEAD') {
        return { status: 405, headers: { allow: 'GET, HEAD' }, body: '' }
      }
      try {
        return { status: 200, headers: HEADERS, body: toPage(issuer, await list(), now()) }
      } catch {
        return { status: 503, headers: {}, body: '' }
      }
    },
  }
}

function toPage(issuer: string, { tokens, isCut }: ListAnswer, now: number): string {
  const rows = tokens.map((token) => toRow(token, now)).join('\n')
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Tokens of ${escape(issuer)}</title><style>${STYLE}</style></head>
<body>
<h1>Live tokens</h1>
<p><code>${escape(issuer)}</code>, ${tokens.length === 1 ? '1 token' : `${tokens.length} tokens`}${isCut ? ', and more that are not shown' : ''}. Load the page again to see changes.</p>
<table>
<thead><tr><th>id</th><th>kind</th><th>client</th><th>subject</th><th>audience</th><th>scope</th><th>expires</th></tr></thead>
<tbody>
${rows}
</tbody>
</table>
</body>
</html>
`
}

function toRow({ id, kind, client_id, sub, aud, scope, exp }: ServedToken, now: number): string {
  const expires = exp === undefined ? 'never' : `<time title="${absoluteTime(exp)}">${relativeTime(exp, now)}</time>`
  const cells = [
    `<code>${escape(id.slice(0, SHOWN_ID_LENGTH))}</code>`,
    ...[kind, client_id, sub, aud.join(' '), scope].map((text) => escape(text ?? '')),
    expires,
  ]
  return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '')
}
