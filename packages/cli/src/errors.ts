/** The errors that end a command. Their messages are for people, and say what to do. */

/** The command line, or a file that it names, is wrong. Ends with exit code 2. */
export class MisuseError extends TypeError {
  override readonly name = 'MisuseError'
}

/** The command could not be carried out. Ends with exit code 3. */
export class UnableError extends Error {
  override readonly name = 'UnableError'
}
