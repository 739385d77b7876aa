/** What the guard for Nest throws in place of a response. */
import { HttpException } from '@nestjs/common'
import type { Refusal } from '../index.ts'

/**
 * A refused request, for exception filters. Status and body are those of the refusal, and the response already has its
 * headers. A refusal without a body gets the body of Nest.
 */
export class TokenRefusedException extends HttpException {
  /** The refusal, with its reason and everything to send. */
  readonly refusal: Refusal

  constructor(refusal: Refusal) {
    super(bodyOf(refusal), refusal.status, { cause: refusal.error })
    this.refusal = refusal
  }
}

/**
 * A CORS preflight that no CORS middleware has answered, for exception filters: 204, no body, no CORS permission. A
 * filter that catches every exception should send `getStatus()` without a body.
 */
export class PreflightException extends HttpException {
  constructor() {
    super('', 204)
  }
}

function bodyOf({ status, body }: Refusal): Record<string, unknown> {
  return body === '' ? { statusCode: status, message: 'Unauthorized' } : (JSON.parse(body) as Record<string, unknown>)
}
