/** A failed check that the doctor has no name for. The client has explained it. */
import type { CheckFailed } from '@token-introspection/client'
import { isIntrospectionError } from '@token-introspection/core'
import type { Fault } from '../diagnosis.ts'
import { connectionFaults } from './connection-faults.ts'

/** The fault in the words of the client. */
export function unnamedFault({ step, side, error }: CheckFailed): Fault {
  if (side === 'connection') return connectionFaults.unreachable(error.message)
  const isMade = isIntrospectionError(error) && error.code !== 'ERR_SECRET_UNAVAILABLE'
  const named = isMade ? nameByCode(error.code) : NOT_MADE
  return {
    ...named,
    step: step === 'keys' ? 'answer' : step,
    side,
    // The TypeError of a method of ours names its option.
    found: !isMade && error.cause instanceof TypeError ? error.cause.message : error.message,
    clause: undefined,
    command: undefined,
    isSure: false,
  }
}

/** An error of another kind comes from the options, or from a function in them. */
const NOT_MADE = {
  name: 'credentials_not_made',
  fix: 'Correct the option that the message names, or the function of yours that threw.',
} as const

function nameByCode(code: string): Pick<Fault, 'name' | 'fix'> {
  return {
    name: code.toLowerCase(),
    fix: `Do what the message says; the page of ${code} in the documentation says more.`,
  }
}
