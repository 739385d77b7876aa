/** The option that every command has. */
import { Option } from 'commander'

/** Creates the option `--json`. */
export function jsonOption(): Option {
  return new Option('--json', 'print one JSON document on standard output, and nothing else there')
}

/** The value of the option. */
export interface JsonFlag {
  readonly json?: boolean
}
