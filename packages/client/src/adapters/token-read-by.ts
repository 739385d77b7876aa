/** The text of the token that a guard has let pass, for code that the application passes it on to. */
import type { ClientGuard, GuardRequest, OptionalGuard } from '../index.ts'

/**
 * The token, from the places where the guard reads tokens. It is empty when a function of the application wraps the guard, because
 * only the guard knows where its token was, and another field may hold a token that no guard has checked.
 */
export function tokenReadBy(guard: OptionalGuard, request: GuardRequest): string {
  return (guard as Partial<ClientGuard>).presentedToken?.(request) ?? ''
}
