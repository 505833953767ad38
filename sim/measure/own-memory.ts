/**
 * The memory of a server without mapped pages of its store's file: those are the kernel's, which takes them back when
 * it needs to.
 */
import type { ServerRecord } from './run-record.ts'

/** Bytes, at the end of the window. */
export function ownBytes({ residentBytes, storeMappedBytes = 0 }: ServerRecord): number {
  return residentBytes - storeMappedBytes
}

/** Bytes, with nobody signed in. */
export function ownBaseBytes({ residentBaseBytes, storeMappedBaseBytes = 0 }: ServerRecord): number {
  return residentBaseBytes - storeMappedBaseBytes
}
