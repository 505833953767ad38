/**
 * Makes a copy safe to go on from: soft state goes, stored mail may have been seen, the epoch rises. In a process of
 * its own, since a damaged copy that can be read may still end whoever writes to it. When is `restore.ts`'s matter.
 */
import { wholeRange } from '../ports/records/keys.ts'
import { kindOfKey } from '../ports/records/kinds.ts'
import { mailboxMessageRecord } from '../ports/records/mailbox-message.ts'
import { type ChildFault, inChildProcess } from './child-process.ts'
import { readManifest } from './examine.ts'
import { LmdbDisk } from './lmdb-disk.ts'
import { writeManifest } from './manifest.ts'
import type { PackedRecord } from './packed-records.ts'

export interface AdaptedCopy {
  readonly ok: true
  readonly serverEpoch: number
  /** Soft state that was left out, by kind. */
  readonly dropped: Readonly<Record<string, number>>
  readonly possiblySeenCount: number
}

export type Adaptation = AdaptedCopy | ChildFault

/** True only of the moment of the copy: flows, dialogs and answers to retransmissions are long gone. */
const softKinds: ReadonlySet<string> = new Set(['binding', 'subscription', 'publication', 'operation'])

/** Writes of one transaction while the copy is adapted. */
const adaptWritesMax = 1000

/** In a child. The copy is of no use when this fails. */
export function adaptCopy(folder: string, formerEpoch: number): Promise<Adaptation> {
  return inChildProcess<Adaptation>('adapt-process', [folder, String(formerEpoch)])
}

/** The child's work. */
export async function adaptHere(folder: string, formerEpoch: number): Promise<Adaptation> {
  const opened = LmdbDisk.open(folder)
  if (!opened.ok) return opened
  const { disk } = opened
  try {
    const manifest = readManifest(disk)
    if (manifest === null) return { ok: false, detail: 'its manifest cannot be read' }
    const serverEpoch = Math.max(manifest.serverEpoch, formerEpoch) + 1
    const adapted = await adaptRecords(disk)
    const fault = await writeManifest(disk, { ...manifest, serverEpoch })
    return fault === null ? { ok: true, serverEpoch, ...adapted } : { ok: false, detail: fault }
  } catch (error) {
    return { ok: false, detail: error instanceof Error ? error.message : String(error) }
  } finally {
    await disk.close()
  }
}

async function adaptRecords(disk: LmdbDisk) {
  const dropped: Record<string, number> = {}
  let possiblySeenCount = 0
  let writes: PackedRecord[] = []
  for await (const { key, value } of disk.readRange(wholeRange)) {
    const kind = kindOfKey(key.toString())?.name ?? ''
    if (softKinds.has(kind)) {
      dropped[kind] = (dropped[kind] ?? 0) + 1
      writes.push({ key, value: null })
    } else if (kind === mailboxMessageRecord.name) {
      const marked = markPossiblySeen(value)
      if (marked !== null) writes.push({ key, value: marked })
      if (marked !== null) possiblySeenCount++
    }
    if (writes.length >= adaptWritesMax) writes = await writeAll(disk, writes)
  }
  await writeAll(disk, writes)
  return { dropped, possiblySeenCount }
}

/**
 * Every stored message of the copy, however old: any of them may have been delivered between the copy and now, and
 * marking only those of the last minute, or only those before it, would call the others never seen.
 */
function markPossiblySeen(value: Buffer): Buffer | null {
  const decoded = mailboxMessageRecord.decode(value)
  if (!decoded.ok || decoded.value.possiblySeen) return null
  return mailboxMessageRecord.encode({ ...decoded.value, possiblySeen: true })
}

async function writeAll(disk: LmdbDisk, writes: readonly PackedRecord[]): Promise<PackedRecord[]> {
  const result = await disk.write(writes).flushed
  if (!result.ok) throw new Error(result.detail)
  return []
}
