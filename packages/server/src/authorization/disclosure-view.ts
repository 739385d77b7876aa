/** Views: they limit what a protected resource learns about a token (RFC 7662 §2.2, §5; RFC 9701 §3). */
import type { AuthorizationDetail } from '@token-introspection/core'
import { OptionGroup } from '@token-introspection/core/options'
import type { TokenRecord } from '../stores/token-record.ts'

/**
 * A limited view of a token. A member that you leave out limits nothing. A view never adds a member that the token does not
 * have, and replaces only `sub`, by {@link DisclosureView.subject}.
 */
export interface DisclosureView {
  /** The scope tokens it may see. The answer leaves out all others, and `scope` itself when none remains (RFC 9701 §5). */
  readonly scopes?: readonly string[] | undefined
  /**
   * The names of the members it may see beside `active`, including extension claims. It always sees `cnf`: without `cnf`, a
   * token that is bound to a key would look like an unbound one. An empty list shows only the status, `{"active":true}`.
   *
   * Security: with only the status, a protected resource cannot see that a token is bound to a key. Use an empty list only for
   * a protected resource that relies on another party to check the key.
   */
  readonly members?: readonly string[] | undefined
  /** Selects the authorization details it may see. Without any, the answer leaves out `authorization_details` (RFC 9396 §9.2). */
  readonly authorizationDetails?: ((detail: AuthorizationDetail) => boolean) | undefined
  /**
   * Returns the `sub` it gets instead of the record's, for identifiers that differ per protected resource. `undefined` removes
   * `sub`.
   */
  readonly subject?: ((record: TokenRecord) => string | undefined | Promise<string | undefined>) | undefined
  /**
   * Returns the extension claims it gets, made from those of the record. Registered members in the result are dropped.
   */
  readonly claims?:
    | ((claims: Readonly<Record<string, unknown>>, record: TokenRecord) => object | Promise<object>)
    | undefined
}

/** The members that a view can have. */
const VIEW = ['scopes', 'members', 'authorizationDetails', 'subject', 'claims'] as const

/** The view that shows only whether a token is active. */
export const STATUS_ONLY: DisclosureView = Object.freeze({ members: Object.freeze([]) })

/**
 * Reads a view from the options or from a policy. An empty view is an error, because it would show everything, although
 * somebody probably forgot a member.
 *
 * @throws TypeError naming the member that is wrong.
 */
export function readView(view: unknown, path: string): DisclosureView {
  const group = new OptionGroup(path, view, VIEW)
  if (!VIEW.some((name) => group.has(name))) throw new TypeError(`${path}: a view needs one of ${VIEW.join(', ')}`)
  return Object.freeze({
    scopes: group.strings('scopes'),
    members: group.strings('members'),
    authorizationDetails: group.function<DisclosureView['authorizationDetails']>('authorizationDetails'),
    subject: group.function<DisclosureView['subject']>('subject'),
    claims: group.function<DisclosureView['claims']>('claims'),
  }) as DisclosureView
}
