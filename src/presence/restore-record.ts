/**
 * One record of a presentity back into memory: what a device has published, or hard state.
 */
import { hardStateRecord } from '../ports/records/hard-state.ts'
import { publicationRecord } from '../ports/records/publication.ts'
import type { HardStates } from './hard-states.ts'
import { readPublication } from './publishing/publication.ts'
import type { Publisher } from './publishing/publisher.ts'
import type { Presentity } from './watching/presentity.ts'

interface Restoring {
  readonly publisher: Publisher
  readonly hardStates: HardStates
}

/** Null, or why it cannot be read. */
export function restoreRecord(
  { publisher, hardStates }: Restoring,
  presentity: Presentity,
  kind: string,
  value: Uint8Array,
): string | null {
  if (kind === hardStateRecord.name) {
    const decoded = hardStateRecord.decode(value)
    if (decoded.ok) hardStates.restore(presentity, decoded.value)
    return decoded.ok ? null : decoded.reason
  }
  const decoded = publicationRecord.decode(value)
  if (decoded.ok) publisher.restore(presentity, readPublication(decoded.value))
  return decoded.ok ? null : decoded.reason
}
