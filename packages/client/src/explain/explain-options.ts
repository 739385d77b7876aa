/** Options of `explain`: those of a guard, and whether the answer may come from the cache. */
import { checkOptionNames, copyOptions } from '@token-introspection/core/options'
import { GUARD_OPTIONS, type GuardOptions } from '../policy/policy-options.ts'
import type { GuardRequest } from '../token/guard-request.ts'

/** What `explain` does beside the options of a guard. */
export interface ExplainSettings {
  /**
   * Whether to decide by the answer in the cache, if a guard would use it now. Default `false`: the client asks the
   * authorization server, and step `cache` says what guards have. Then a difference between the two is visible.
   */
  readonly useCache?: boolean | undefined
}

/** Options of {@link IntrospectionClient.explain}. */
export interface ExplainOptions<Claims extends object = object>
  extends Omit<GuardOptions<Claims>, 'optional'>,
    ExplainSettings {
  /** Whether requests without a token pass. Default `false`. */
  readonly optional?: boolean | undefined
}

/**
 * Reads the arguments of `explain`.
 *
 * @param further - the names of options beside those of every guard.
 * @returns the options of the guard, and the others.
 * @throws TypeError for an input that is neither a token nor a request, and for options that are wrong.
 */
export function readExplainArguments<Options extends ExplainSettings>(
  input: string | GuardRequest,
  options: Options,
  further: readonly string[] = [],
): { readonly useCache: boolean; readonly guard: Omit<Options, 'useCache'> } {
  const isRequest = typeof (input as Partial<GuardRequest> | null | undefined)?.headers?.get === 'function'
  if (typeof input !== 'string' && !isRequest) {
    throw new TypeError('explain: needs a token, a web Request, or an object with headers.get()')
  }
  const { useCache = false, ...guard } = copyOptions('guard', options)
  checkOptionNames('guard', options, ['useCache', ...GUARD_OPTIONS, ...further])
  if (typeof useCache !== 'boolean') throw new TypeError('guard.useCache: must be a boolean')
  return { useCache, guard }
}
