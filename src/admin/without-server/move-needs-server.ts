/**
 * Moving users without a server: both homes must run, since they speak to each other.
 */
import type { MoveBook } from '../ports.ts'

export const moveNeedsServer: MoveBook = {
  askMove: async () => ({
    ok: false,
    error: 'unavailable',
    message: 'the server does not run; start it (`meridian serve`), users are moved and adopted while it does',
  }),
}
