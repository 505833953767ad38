/**
 * What the server notes in the audit by itself, at the request of nobody who waits for it: where that cannot be written
 * the log says so.
 */
import type { AuditEntry } from '../store/index.ts'
import type { ServerParts } from './server-parts.ts'

export function noteInAudit({ audit, log }: Pick<ServerParts, 'audit' | 'log'>, note: Omit<AuditEntry, 'atMs'>): void {
  const written = (error: unknown) => log.write('error', 'audit.not-written', { error: String(error) })
  audit?.append({ atMs: Date.now(), ...note }).catch(written)
}
