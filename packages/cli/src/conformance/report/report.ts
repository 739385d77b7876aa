/** The result of the suite, as a value that every form of the report is made from. */
import { FORM_MEDIA_TYPE, parseMediaType } from '@token-introspection/core'
import type { KnownSecrets } from '../../connection/known-secrets.ts'
import { showParameters, showRequest } from '../../connection/shown-request.ts'
import type { Checked } from '../check-requirements.ts'
import type { Reply } from '../reply.ts'
import type { Level } from '../requirement.ts'

/** How a requirement came out. */
export type Verdict = 'passed' | 'failed' | 'warning' | 'skipped'

/** A request and its answer that show a fault. Secrets and tokens are replaced. */
export interface Evidence {
  /** `headers` has what is unusual: the scheme of the credentials, and a media type that is no form. */
  readonly request: {
    readonly method: string
    readonly url: string
    readonly headers: Readonly<Record<string, string>>
    readonly form: string
  }
  readonly answer: {
    readonly status: number
    readonly headers: Readonly<Record<string, string>>
    readonly body: string
  }
}

/** One line of the report. */
export interface ReportedRequirement {
  readonly id: string
  readonly clause: string
  readonly title: string
  readonly level: Level
  readonly verdict: Verdict
  /** Why, unless it passed. */
  readonly message?: string
  readonly evidence?: Evidence
}

/** The report. */
export interface Report {
  readonly endpoint: string
  readonly caller: string
  readonly requests: number
  readonly counts: Readonly<Record<Verdict, number>>
  readonly requirements: readonly ReportedRequirement[]
}

const TELLING_FIELDS = ['content-type', 'cache-control', 'www-authenticate', 'allow', 'location']
/** The characters of a body, a field or a message, at most. */
const MAX_TEXT = 400

/** Makes the report. */
export function toReport(
  checked: readonly Checked[],
  about: { readonly endpoint: string; readonly caller: string; readonly requests: number },
  secrets: KnownSecrets,
): Report {
  const requirements = checked.map((each) => toReported(each, secrets))
  const count = (verdict: Verdict): number => requirements.filter((each) => each.verdict === verdict).length
  const counts = {
    passed: count('passed'),
    failed: count('failed'),
    warning: count('warning'),
    skipped: count('skipped'),
  }
  return { ...about, counts, requirements }
}

function toReported({ requirement, outcome, isSure }: Checked, secrets: KnownSecrets): ReportedRequirement {
  const { id, clause, title, level } = requirement
  const common = { id, clause, title, level }
  switch (outcome.kind) {
    case 'passed':
      return { ...common, verdict: 'passed' }
    case 'skipped':
      return { ...common, verdict: 'skipped', message: outcome.reason }
    default:
      return {
        ...common,
        verdict: isSure ? 'failed' : 'warning',
        message: shorten(outcome.message, secrets),
        ...(outcome.reply !== undefined && { evidence: toEvidence(outcome.reply, secrets) }),
      }
  }
}

function toEvidence({ exchange, status, headers, body }: Reply, secrets: KnownSecrets): Evidence {
  const { request } = exchange
  const { method, url, headers: sent } = showRequest(request, secrets)
  const { authorization, 'content-type': contentType } = sent
  const isForm = parseMediaType(contentType) === FORM_MEDIA_TYPE
  const form = showParameters(request.body, secrets).map((pair) => pair.join('='))
  return {
    request: {
      method,
      url,
      headers: {
        ...(authorization !== undefined && { authorization }),
        ...(contentType !== undefined && contentType !== FORM_MEDIA_TYPE && { 'content-type': contentType }),
      },
      form: isForm ? form.join('&') : secrets.hide(request.body),
    },
    answer: {
      status,
      headers: Object.fromEntries(
        TELLING_FIELDS.flatMap((name) =>
          headers[name] === undefined ? [] : [[name, shorten(headers[name], secrets)]],
        ),
      ),
      body: shorten(body, secrets),
    },
  }
}

/** Cut last: a part of a secret might not be recognized. */
function shorten(text: string, secrets: KnownSecrets): string {
  const hidden = secrets.hide(text)
  return hidden.length > MAX_TEXT ? `${hidden.slice(0, MAX_TEXT)}…` : hidden
}
