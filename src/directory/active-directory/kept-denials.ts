/**
 * Denials as records: what is read at start, and what is written for their changes.
 */
import { denialKey, denialRange, denialRecord } from '../../ports/records/denial.ts'
import { keyParts } from '../../ports/records/keys.ts'
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
  await store.scan(denialRange, (key, value) => {
    if (keyParts(key).kind !== denialRecord.name) return
    const decoded = denialRecord.decode(value)
    const by = decoded.ok ? deniedBy.find((word) => word === decoded.value.by) : undefined
    if (!decoded.ok || by === undefined || !/^\d{1,20}$/.test(decoded.value.usn)) return
    denials.push({ ...decoded.value, by, usn: BigInt(decoded.value.usn) })
  })
  return denials
}
