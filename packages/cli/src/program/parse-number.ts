/** Reads numbers in the command line. */
import { InvalidArgumentError } from 'commander'

/** Creates a reader of whole numbers within limits, for an option or an argument. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const number = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
    if (number >= min && number <= max) return number
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`)
  }
}
