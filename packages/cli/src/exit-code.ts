/** The exit codes of the program. docs/operate/cli.md explains them to people. */

/** What the program ends with. */
export const EXIT = Object.freeze({
  /** It is done, and the answer is yes. */
  good: 0,
  /** It is done, and the answer is no: an inactive token, a refused token, a broken step, a failed requirement, nothing to revoke. */
  no: 1,
  /** The command line or a file that it names is wrong. */
  misuse: 2,
  /** It could not be done: no connection, refused credentials, a port in use, an answer that cannot be read. */
  unable: 3,
} as const)

/** One of the exit codes. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT]
