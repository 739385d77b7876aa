/** Explains step `response`: the answer, how it was read, and what the clock says about it. */
import type { ActiveIntrospectionResponse } from '@token-introspection/core'
import { adviseTolerances, findTolerances } from '../response/find-tolerances.ts'
import type { InactiveReason } from '../result/inactive.ts'
import type { ExplainedResponse, ExplainedTime, ExplainedValue } from './explanation.ts'
import { inactivityOf, type Run } from './run.ts'
import { sayDuration } from '../result/say-duration.ts'

/** Members that are shown with their values. Others may be private, so that only their names are shown. */
const SHOWN = [
  'iss',
  'aud',
  'scope',
  'client_id',
  'sub',
  'token_type',
  'token_use',
  'token_usage',
  'typ',
  'acr',
] as const
const TIMES = ['iat', 'nbf', 'exp', 'auth_time'] as const

const MAX_NAMES = 100

/** Explains the step. */
export function explainResponse(run: Run): ExplainedResponse {
  const { notes, failed, cleaner } = run
  const answer = notes.response ?? notes.result
  const active = answer?.active === true ? answer : undefined
  const names = Object.keys(active ?? {}).filter((name) => name !== 'active' && name !== 'unreadableMembers')
  const times = active === undefined ? [] : timesOf(active, run.now())
  const unreadableMembers = active?.unreadableMembers ?? []
  const base = {
    step: 'response',
    active: notes.result?.active,
    members: names.slice(0, MAX_NAMES).map((name) => cleaner.text(name)),
    values: active === undefined ? {} : valuesOf(active, run),
    times,
    unreadableMembers,
    tolerable: findHelp(run, unreadableMembers),
    durationMs: notes.durationOf('response'),
  } as const
  const neither = { inactiveReason: undefined, error: undefined } as const
  const advice = adviseTolerances(base.tolerable)
  const tolerance = advice && `${advice}.`
  if (failed?.step === 'response') {
    const { error } = failed
    return { ...base, ...neither, outcome: 'failed', detail: error.message, remedy: tolerance, error }
  }
  if (notes.result === undefined || notes.trace.source === 'unasked' || isDecidedByJwt(run)) {
    return { ...base, ...neither, outcome: 'skipped', detail: 'there is no answer', remedy: undefined }
  }
  if (!notes.result.active) {
    const { reason, detail = 'the answer is inactive' } = inactivityOf(run) ?? {}
    const remedy = reason === undefined ? undefined : REMEDIES[reason]
    return { ...base, error: undefined, outcome: 'refused', detail, remedy, inactiveReason: reason }
  }
  const has = base.members.length === 0 ? 'no other member' : base.members.join(', ')
  const detail = [`active, with ${has}`, ...times.map(sayTime)].join('; ')
  if (unreadableMembers.length === 0) return { ...base, ...neither, outcome: 'passed', detail, remedy: undefined }
  const told = `${detail}; left out because of an unexpected form: ${unreadableMembers.join(', ')}`
  return { ...base, ...neither, outcome: 'passed', detail: told, remedy: tolerance }
}

/** A JWT that is not accepted is explained by step `jwt`. */
function isDecidedByJwt({ notes }: Run): boolean {
  return notes.trace.source === 'local' && notes.result?.active === false
}

function valuesOf(answer: ActiveIntrospectionResponse, { cleaner }: Run): Record<string, ExplainedValue> {
  const present = SHOWN.filter((name) => answer[name] !== undefined)
  return Object.fromEntries(present.map((name) => [name, cleaner.value(answer[name])]))
}

function timesOf(answer: ActiveIntrospectionResponse, now: number): ExplainedTime[] {
  return TIMES.flatMap((member) => {
    const at = answer[member]
    return typeof at === 'number' ? [{ member, at, inSeconds: at - now }] : []
  })
}

function sayTime({ member, inSeconds }: ExplainedTime): string {
  return inSeconds < 0 ? `${member} ${sayDuration(inSeconds)} ago` : `${member} in ${sayDuration(inSeconds)}`
}

/** The answer of the server is read again with other options, to find those with which it can be read. */
function findHelp({ steps, notes, failed }: Run, unreadable: readonly string[]): ExplainedResponse['tolerable'] {
  const isUnread = unreadable.length > 0 || failed?.error.code === 'ERR_RESPONSE_MALFORMED'
  const { reply } = notes
  if (!isUnread || steps === undefined || reply?.status !== 200 || steps.response.jwt !== undefined) return []
  return findTolerances(reply.body, steps.response.tolerance)
}

/** What to do about an inactive answer, where its detail does not say it. */
const REMEDIES: Readonly<Partial<Record<InactiveReason, string>>> = {
  answer:
    'Ask the authorization server: its log, or handler.explain, says which. Does it know a token that it has just issued for ' +
    'this audience? Does it let this resource server introspect it?',
}
