/**
 * Putting into the audit log what has been done.
 */
import type { AuditEntry } from '../../store/index.ts'
import type { AdminPorts } from '../ports.ts'

/**
 * Warnings for the answer. Done is done: an act that is in force is not called failed because nobody could write it
 * down.
 */
export function writeDown(
  { audit, now }: Pick<AdminPorts, 'audit' | 'now'>,
  entry: Omit<AuditEntry, 'atMs'>,
): Promise<readonly string[]> {
  return audit.append({ atMs: now(), ...entry }).then(
    () => [],
    (error: Error) => [`this was done, but could not be written to the audit: ${error.message}`],
  )
}
