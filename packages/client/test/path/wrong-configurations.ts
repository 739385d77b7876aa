/** Configurations that are wrong, as people write them, and what their message has to say. */
import { WRONG_ADDRESSES } from './wrong-configurations/wrong-addresses.ts'
import { WRONG_ARGUMENTS } from './wrong-configurations/wrong-arguments.ts'
import { WRONG_CREDENTIALS } from './wrong-configurations/wrong-credentials.ts'
import { WRONG_EXPECTATIONS } from './wrong-configurations/wrong-expectations.ts'
import { WRONG_OPTIONS } from './wrong-configurations/wrong-options.ts'
import { WRONG_SERVER_OPTIONS } from './wrong-configurations/wrong-server-options.ts'
import type { WrongConfiguration } from './wrong-configurations/wrong-configuration.ts'

export const WRONG_CONFIGURATIONS: readonly WrongConfiguration[] = [
  ...WRONG_ADDRESSES,
  ...WRONG_CREDENTIALS,
  ...WRONG_OPTIONS,
  ...WRONG_EXPECTATIONS,
  ...WRONG_ARGUMENTS,
  ...WRONG_SERVER_OPTIONS,
]
