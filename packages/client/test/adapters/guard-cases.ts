/** Requests that every adapter must refuse with the same response, or let pass. All frameworks share this table. */
import { brokenCredentials, goodCredentials } from './guard-cases/credentials.ts'
import { allowedElsewhere, refusedElsewhere } from './guard-cases/fields-and-cookies.ts'
import type { AllowedCase, RefusedCase } from './guard-cases/guard-case.ts'
import { judgedAnswers } from './guard-cases/judged-answers.ts'
import { outages } from './guard-cases/outages.ts'
import { allowedInForms, allowedInQuery, refusedInForms, refusedInQuery } from './guard-cases/query-and-form.ts'
import { withoutToken } from './guard-cases/without-token.ts'

/** Cases that are refused. Only frameworks with a form parser before the guard see tokens in forms. */
export function refusedCases(parsesForms: boolean): readonly RefusedCase[] {
  return [
    ...withoutToken,
    ...brokenCredentials,
    ...refusedInQuery,
    ...refusedElsewhere,
    ...judgedAnswers,
    ...outages,
    ...(parsesForms ? refusedInForms : []),
  ]
}

/** Cases that pass. */
export function allowedCases(parsesForms: boolean): readonly AllowedCase[] {
  return [...goodCredentials, ...allowedInQuery, ...allowedElsewhere, ...(parsesForms ? allowedInForms : [])]
}
