/** What a process writes into a log whose secret it does not know. */

/**
 * Stands for the key of an event whose key cannot be made. Such an event ends the log: a new one begins, so every follower sees a
 * gap and trusts nothing that it remembers for longer than without a log.
 */
export const NO_KEY = ''
