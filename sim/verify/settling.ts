/**
 * How long is waited after the last action of a run before what is missing counts as lost.
 */

/** D6: everything has to be told within this time after the last change. */
export const convergenceMs = 30_000
/** Requests that are under way at the end get their answer or time out. */
export const answersMs = 33_000
/** The longest pause of the server's queues is five minutes: so long a message that it keeps may take. */
export const deliveredWithinMs = 330_000
