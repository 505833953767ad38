/**
 * Presence without a server: nobody is shown to anybody then, and what is set has to reach those who watch.
 */
import type { PresenceBook } from '../ports.ts'

export const presenceNeedsServer: PresenceBook = {
  askPresence: async () => ({
    ok: false,
    error: 'unavailable',
    message: 'the server does not run; start it (`meridian serve`), presence is looked at and set while it does',
  }),
}
