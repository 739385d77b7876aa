/** Step `policy`: refuses two different places for the audience in the options. */

/** @throws TypeError that names `audience`. */
export function refuseTwoAudiences(
  options:
    | { readonly audience?: unknown; readonly policy?: { readonly audience?: unknown } | undefined }
    | null
    | undefined,
): void {
  if (options?.audience === undefined || options.policy?.audience === undefined) return
  throw new TypeError('audience: is given here and in policy.audience; give one of them')
}
