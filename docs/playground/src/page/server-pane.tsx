/** The left side: the authorization server, its tokens, and what arrived at its endpoints. */
import type { Happening } from '../engine/happening-log.ts'
import { ISSUER } from '../engine/parties.ts'
import type { IssuedToken, PlaygroundView } from '../engine/playground-view.ts'
import type { PageActions } from './controller.ts'
import { faultOn } from './fault-texts.ts'
import { renderLog } from './log.tsx'
import { sayDuration, sayTime } from './say.ts'

export function renderServerPane(view: PlaygroundView, { issue, revoke }: PageActions) {
  const { tokens, happenings, nowMs, settings } = view
  const fault = faultOn('server', settings.fault)
  return (
    <section class="playground-pane playground-server" aria-labelledby="playground-server-title">
      <header>
        <h3 id="playground-server-title">Authorization server</h3>
        <p class="playground-address">
          {host(ISSUER)} <time>{sayTime(nowMs)}</time>
        </p>
      </header>
      {fault && <p class="playground-fault">Broken: {fault}</p>}
      <button type="button" onClick={issue}>
        Issue a token
      </button>
      {tokens.length > 0 && (
        <ul class="playground-tokens" aria-label="Tokens">
          {tokens.toReversed().map((token) => (
            <li key={token.number} class={`playground-token is-${token.inactive === undefined ? 'good' : 'bad'}`}>
              <div>
                <strong>Token {token.number}</strong> <span class="playground-badge">{token.inactive ?? 'active'}</span>
                <small>
                  for {host(token.audience)}, scope {token.scope}
                  {token.inactive === undefined && `, ${sayDuration(restOf(token, nowMs))} left`}
                </small>
              </div>
              {token.inactive === undefined && (
                <button type="button" onClick={() => revoke(token.number)}>
                  Revoke<span class="playground-hidden"> token {token.number}</span>
                </button>
              )}
            </li>
          ))}
        </ul>
      )}
      {renderLog('What arrives here', happenings.filter(isOfServer))}
    </section>
  )
}

function isOfServer({ side, event }: Happening): boolean {
  return side === 'server' || event.type === 'issued'
}

function restOf({ expiresAtMs }: IssuedToken, nowMs: number): number {
  return Math.max(0, (expiresAtMs - nowMs) / 1000)
}

function host(url: string): string {
  return new URL(url).host
}
