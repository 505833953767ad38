/**
 * The child's side of supervision: tells when it serves, and hears when nobody watches over it any more.
 */

export const readyMessage = 'meridian-ready'

/** To be called by a child that serves; without a supervisor it does nothing. */
export function tellSupervisorReady(): void {
  // One that has gone meanwhile is told nothing; `supervisorGone` says so.
  if (process.connected) process.send?.(readyMessage, undefined, undefined, () => undefined)
}

/** Resolves when the supervisor is gone: nobody would stop this server any more. Never without one. */
export function supervisorGone(): Promise<void> {
  return new Promise((resolve) => {
    if (!process.send) return
    // It may have gone while the server started.
    if (!process.connected) return resolve()
    process.once('disconnect', resolve)
    // The listener alone would keep a server that has stopped from ending.
    process.channel?.unref()
  })
}
