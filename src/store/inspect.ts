/**
 * Looking at a store without changing it: every record decoded and counted (`check`), sizes by kind (`stats`), one
 * user's records with secrets masked (`show`). What is done about unreadable ones is `quarantine.ts`.
 */
import { keyParts, userRange, wholeRange } from '../ports/records/keys.ts'
import { kindOfKey, type ReadableKind } from '../ports/records/kinds.ts'
import { decodeRecord } from '../ports/records/record-codec.ts'
import type { StoreKey } from '../ports/store.ts'
import type { LmdbDisk } from './lmdb-disk.ts'

export interface UnreadableRecord {
  readonly key: StoreKey
  readonly reason: string
}

export interface KindStats {
  recordsCount: number
  bytes: number
}

export interface CheckReport {
  readonly recordsCount: number
  /** By the kind's name in the key, also for kinds that this build does not know. */
  readonly kinds: ReadonlyMap<string, KindStats>
  readonly unreadableCount: number
  /** The first ones only: as many as the caller wanted. */
  readonly unreadable: readonly UnreadableRecord[]
}

/** Why this build cannot read the record, or null. Of a kind that it does not know only the frame is judged. */
export function unreadableReason(key: StoreKey, value: Uint8Array): string | null {
  const kind = kindOfKey(key)
  const decoded = kind === null ? decodeRecord(value) : kind.decode(value)
  return decoded.ok ? null : decoded.reason
}

/** Reads and decodes everything. `skip` names keys that are counted and not judged. */
export async function check(
  disk: LmdbDisk,
  unreadableMax = 100,
  skip: (key: StoreKey) => boolean = () => false,
): Promise<CheckReport> {
  const kinds = new Map<string, KindStats>()
  const unreadable: UnreadableRecord[] = []
  let recordsCount = 0
  let unreadableCount = 0
  for await (const { key: keyBytes, value } of disk.readRange(wholeRange)) {
    const key = keyBytes.toString()
    recordsCount++
    addTo(kinds, key, keyBytes.length + value.length)
    const reason = skip(key) ? null : unreadableReason(key, value)
    if (reason === null) continue
    unreadableCount++
    if (unreadable.length < unreadableMax) unreadable.push({ key, reason })
  }
  return { recordsCount, kinds, unreadableCount, unreadable }
}

/** Records and bytes by kind, nothing decoded. */
export async function stats(disk: LmdbDisk): Promise<ReadonlyMap<string, KindStats>> {
  const kinds = new Map<string, KindStats>()
  for await (const { key, value } of disk.readRange(wholeRange)) {
    addTo(kinds, key.toString(), key.length + value.length)
  }
  return kinds
}

function addTo(kinds: Map<string, KindStats>, key: StoreKey, bytes: number): void {
  const name = kindOfKey(key)?.name ?? keyParts(key).kind
  const known = kinds.get(name)
  if (known === undefined) kinds.set(name, { recordsCount: 1, bytes })
  else {
    known.recordsCount++
    known.bytes += bytes
  }
}

export interface ShownRecord {
  readonly key: StoreKey
  readonly kind: string
  readonly bytes: number
  /** Null when unreadable; `reason` says why. Masked fields read `(n bytes, masked)`. */
  readonly value: Readonly<Record<string, unknown>> | null
  readonly reason: string | null
}

/** All records of one AOR, or of a server-wide name such as `!server`. */
export async function show(disk: LmdbDisk, aor: string): Promise<readonly ShownRecord[]> {
  const shown: ShownRecord[] = []
  for await (const { key, value } of disk.readRange(userRange(aor))) shown.push(showRecord(key.toString(), value))
  return shown
}

function showRecord(key: StoreKey, bytes: Buffer): ShownRecord {
  const kind = kindOfKey(key)
  const shown = { key, kind: kind?.name ?? keyParts(key).kind, bytes: bytes.length }
  if (kind === null) return { ...shown, value: null, reason: 'a kind that this build does not know' }
  const decoded = kind.decode(bytes)
  if (!decoded.ok) return { ...shown, value: null, reason: decoded.reason }
  return { ...shown, value: maskFields(kind, decoded.value), reason: null }
}

function maskFields(kind: ReadableKind, value: object): Record<string, unknown> {
  const entries = Object.entries(value).map(([name, field]) => [name, kind.masked.includes(name) ? mask(field) : field])
  return Object.fromEntries(entries) as Record<string, unknown>
}

function mask(field: unknown): string | null {
  if (field instanceof Uint8Array) return `(${field.length} bytes, masked)`
  return field === null ? null : '(masked)'
}
