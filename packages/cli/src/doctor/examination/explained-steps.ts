/** One step of an explanation by its name. */
import type { ExplainedStep, Explanation } from '@token-introspection/client'

/** Finds the step. Every explanation has every step. */
export function stepOf<Name extends ExplainedStep['step']>(
  { steps }: Explanation,
  name: Name,
): Extract<ExplainedStep, { readonly step: Name }> {
  const found = steps.find((each): each is Extract<ExplainedStep, { readonly step: Name }> => each.step === name)
  if (found === undefined) throw new Error(`the explanation has no step ${name}`)
  return found
}
