/** The lines of a stack that say where an error was thrown. */

const FRAME = /^\s+at /

/**
 * The frames of the stack of an error, without its message: the message may quote anything, also lines that look like frames.
 * Empty when the message was changed after the error was made, because then nobody knows where it ends.
 */
export function stackFrames({ stack, message }: Error): string[] {
  if (typeof stack !== 'string') return []
  const at = stack.indexOf(message)
  if (at === -1) return []
  return stack
    .slice(at + message.length)
    .split('\n')
    .filter((line) => FRAME.test(line))
}
