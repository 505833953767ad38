/**
 * Policy without a server: there is none to change, since a change is acknowledged only when every part of a server
 * follows it, and a user's rules are kept by the server too.
 */
import type { PolicyBook } from '../ports.ts'

export const policyNeedsServer: PolicyBook = {
  askPolicy: async () => ({
    ok: false,
    error: 'unavailable',
    message: 'the server does not run; start it (`meridian serve`), policy is changed while it does',
  }),
}
