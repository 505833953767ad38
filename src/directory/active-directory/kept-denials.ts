/**
 * Denials as records: what is read at start, and what is written for their changes.
 */
import { denialKey, denialRecord, directoryRange } from '../../ports/records/denial.ts'
import { scanKind } from '../../ports/records/scan-kind.ts'
import type { RecordWrite, Store } from '../../ports/store.ts'
import { type Denial, type DenialChanges, deniedBy } from './denials.ts'

export function denialWrites({ put, lifted }: DenialChanges, nowMs: number): readonly RecordWrite[] {
  const kept = put.map((denial) => ({
    key: denialKey(denial),
    value: denialRecord.encode({ ...denial, usn: String(denial.usn), atMs: Math.max(0, Math.floor(nowMs)) }),
  }))
  return [...kept, ...lifted.map((denial) => ({ key: denialKey(denial), value: null }))]
}

/** A record that cannot be read is left out here; the store has set it aside and says so. */
export async function readDenials(store: Store): Promise<readonly Denial[]> {
  const denials: Denial[] = []
  await scanKind(store, directoryRange, denialRecord, (record) => {
    const by = deniedBy.find((word) => word === record.by)
    if (by === undefined || !/^\d{1,20}$/.test(record.usn)) return
    denials.push({ ...record, by, usn: BigInt(record.usn) })
  })
  return denials
}
