/**
 * Who asks at the admin API.
 */
import type { Role } from '../roles.ts'

export interface Caller {
  /** In the audit log with every write: `token ci (a1b2…)`, `certificate ops.example.test`, `the admin socket`. */
  readonly by: string
  /** For the one who asks, who he is: the name of the token or of the certificate. */
  readonly name: string
  readonly role: Role
  /** Milliseconds since 1970 of the system's clock; null: without end. */
  readonly expiresMs: number | null
}

/** Whoever may open the socket (mode 0600) owns the data folder. */
export const socketCaller: Caller = {
  by: 'the admin socket',
  name: 'the admin socket',
  role: 'administrator',
  expiresMs: null,
}
