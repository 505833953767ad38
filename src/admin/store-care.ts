/**
 * Looking after a store through its open environment: what the admin API says of it, in its own words.
 */

import { keyParts } from '../ports/records/keys.ts'
import type { LmdbDisk } from '../store/index.ts'
import type { StoreCare } from './ports.ts'
import { denied, granted } from './result.ts'

const quarantineKind = 'quarantine'

/** Loaded with the first act: whoever only asks a running server does without the database's native code. */
const loadStore = () => import('../store/index.ts')

export function storeCareOf(disk: LmdbDisk, now: () => number): StoreCare {
  return {
    backup: async (folder) => {
      const { backup } = await loadStore()
      const result = await backup(disk, folder, now())
      if (!result.ok) return denied('failed', result.reason)
      const { recordsCount, bytes, unreadableCount } = result.report
      const warnings = unreadableCount > 0 ? [`${unreadableCount} records of the copy cannot be read`] : []
      return granted({ folder: result.report.folder, records: recordsCount, bytes }, warnings)
    },
    stats: async () => granted(await statsOf(disk)),
    check: async () => {
      const { check } = await loadStore()
      const { recordsCount, unreadableCount, unreadable, kinds } = await check(disk)
      const quarantined = kinds.get(quarantineKind)?.recordsCount ?? 0
      return granted({ records: recordsCount, unreadable: unreadableCount, faults: unreadable, quarantined })
    },
    show: async (aor) => {
      const { show } = await loadStore()
      const records = await show(disk, aor)
      return granted(
        records.map(({ key, kind, bytes, value, reason }) => {
          return { kind, key: keyParts(key).parts, bytes, value: plainValue(value), fault: reason }
        }),
      )
    },
  }
}

async function statsOf(disk: LmdbDisk) {
  const { stats } = await loadStore()
  const kinds = [...(await stats(disk))]
  const byKind = Object.fromEntries(kinds.map(([kind, sum]) => [kind, { records: sum.recordsCount, bytes: sum.bytes }]))
  const records = kinds.reduce((sum, [, kind]) => sum + kind.recordsCount, 0)
  const quarantined = byKind[quarantineKind]?.records ?? 0
  return { folder: disk.folder, bytes: disk.fileBytes, records, byKind, quarantined }
}

/** What JSON can carry: bytes as text where they are text, else in hexadecimal. */
function plainValue(value: unknown): unknown {
  if (value instanceof Uint8Array) return bytesText(value)
  if (Array.isArray(value)) return value.map(plainValue)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, plainValue(field)]))
}

function bytesText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return `hex:${Buffer.from(bytes).toString('hex')}`
  }
}
