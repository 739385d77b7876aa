/** The form of an explanation, the same on both sides. */
export { formatSteps } from './format-steps.ts'
export type { StepOutcome, ToldStep } from './step-outcome.ts'
