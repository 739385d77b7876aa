/** The right side: the API, its decision, and what each step of the guard saw. */
import type { ExplainedStep } from '@token-introspection/client'
import type { Happening } from '../engine/happening-log.ts'
import { ORDERS_API } from '../engine/parties.ts'
import type { CallReport, PlaygroundView } from '../engine/playground-view.ts'
import type { PageActions, PageState } from './controller.ts'
import { faultOn } from './fault-texts.ts'
import { renderLog } from './log.tsx'
import { sayCall } from './outcomes.ts'
import { sayTime } from './say.ts'

/** The steps of the client, and what each does. */
const STEPS = [
  ['token', 'takes the token from the request'],
  ['cache', 'looks for an answer that is fresh enough'],
  ['jwt', 'verifies a JWT by itself, if it may'],
  ['transport', 'asks the authorization server'],
  ['response', 'reads and judges the answer'],
  ['policy', 'compares audience and scope'],
  ['result', 'answers the caller'],
] as const

const MARKS: Readonly<Record<ExplainedStep['outcome'], string>> = {
  passed: '✓',
  skipped: '–',
  refused: '✕',
  failed: '!',
}

export function renderApiPane(view: PlaygroundView, { shown }: PageState, { call }: PageActions) {
  const { tokens, happenings, apiNowMs, settings } = view
  const fault = faultOn('api', settings.fault)
  const newest = tokens.at(-1)
  return (
    <section class="playground-pane playground-api" aria-labelledby="playground-api-title">
      <header>
        <h3 id="playground-api-title">API</h3>
        <p class="playground-address">
          {new URL(ORDERS_API.audience).host} <time>{sayTime(apiNowMs)}</time>
        </p>
      </header>
      {fault && <p class="playground-fault">Broken: {fault}</p>}
      <span class="playground-buttons">
        {newest === undefined ? (
          <button type="button" disabled>
            Call: issue a token first
          </button>
        ) : (
          tokens.toReversed().map(({ number }) => (
            <button key={number} type="button" onClick={() => call(number)}>
              Call with token {number}
            </button>
          ))
        )}
      </span>
      {shown && renderDecision(shown)}
      <ol class="playground-path" key={shown?.id} aria-label="Steps of the guard">
        {STEPS.map(([step, what], index) => renderStep(step, what, index, shown))}
      </ol>
      {shown?.exchange && (
        <details class="playground-exchange">
          <summary>The answer of the server, as it came</summary>
          <pre>
            {shown.exchange.status} {shown.exchange.mediaType}
            {'\n'}
            {shown.exchange.body}
          </pre>
        </details>
      )}
      {renderLog('What the API reports', happenings.filter(isOfApi))}
    </section>
  )
}

/** What the API reports, and what the page has measured about it. */
function isOfApi({ side, event }: Happening): boolean {
  return side === 'api' || event.type === 'heard' || event.type === 'api_started'
}

function renderDecision(shown: CallReport) {
  const { tone, text } = sayCall(shown)
  return (
    <div class={`playground-decision is-${tone}`}>
      <strong>
        {shown.status} {shown.allowed ? 'Allowed' : 'Refused'}
      </strong>
      <p>
        Token {shown.token}: {text}.
      </p>
      {shown.challenge && (
        <p class="playground-detail">
          <code>WWW-Authenticate: {shown.challenge}</code>
        </p>
      )}
    </div>
  )
}

function renderStep(name: ExplainedStep['step'], what: string, index: number, shown: CallReport | undefined) {
  const seen = shown?.steps.find(({ step }) => step === name)
  return (
    <li
      key={name}
      class={['playground-step', seen ? `is-${seen.outcome}` : 'is-waiting']}
      style={{ '--index': String(index) }}
    >
      <span class="playground-mark" aria-hidden="true">
        {seen ? MARKS[seen.outcome] : ''}
      </span>
      <div>
        <strong>{name}</strong> <span class="playground-hidden">{seen?.outcome}</span>
        <span class="playground-what">{what}</span>
        {seen && <p>{seen.detail}</p>}
        {seen?.step === 'policy' && renderRequirements(seen)}
        {seen?.remedy && <p class="playground-remedy">{seen.remedy}</p>}
      </div>
    </li>
  )
}

function renderRequirements({ requirements }: Extract<ExplainedStep, { step: 'policy' }>) {
  const required = requirements.filter(({ outcome }) => outcome !== 'skipped')
  if (required.length === 0) return undefined
  return (
    <ul class="playground-requirements">
      {required.map(({ requirement, outcome, detail }) => (
        <li key={requirement} class={`is-${outcome}`}>
          <span aria-hidden="true">{MARKS[outcome]}</span> <span class="playground-hidden">{outcome}</span>
          {requirement}: {detail}
        </li>
      ))}
    </ul>
  )
}
