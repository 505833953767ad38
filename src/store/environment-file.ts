/**
 * A look at LMDB's file before LMDB maps it: a truncated file is a SIGBUS later, and foreign bytes are worse. Finds gross
 * damage only; single pages are found by reading (`examine.ts`). Layout: a page header of 24 bytes, then the meta record,
 * in each of the first two pages; the one with the higher transaction number counts.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

const magic = 0xbeefc0de
const dataVersion = 2
const metaAt = { magic: 24, version: 28, pageSize: 48, lastPage: 144, transaction: 152 } as const
const metaEnd = 160

interface Meta {
  readonly transaction: bigint
  readonly pageSize: number
  readonly lastPage: number
}

/** What is wrong with the file, or null. The file must exist. */
export function environmentFault(path: string): string | null {
  const file = openSync(path, 'r')
  try {
    const size = fstatSync(file).size
    const first = readMeta(file, 0)
    if (typeof first === 'string') return first
    const second = readMeta(file, first.pageSize)
    if (typeof second === 'string') return second
    const newest = second.transaction > first.transaction ? second : first
    const wanted = (newest.lastPage + 1) * newest.pageSize
    return size < wanted ? `the file has ${size} bytes, its last page ends at ${wanted}` : null
  } finally {
    closeSync(file)
  }
}

function readMeta(file: number, offset: number): Meta | string {
  const bytes = Buffer.alloc(metaEnd)
  if (readSync(file, bytes, 0, metaEnd, offset) < metaEnd) return 'the file is too short for an LMDB environment'
  if (bytes.readUInt32LE(metaAt.magic) !== magic)
    return 'the file is no LMDB environment, or its first pages are damaged'
  const version = bytes.readUInt32LE(metaAt.version)
  if (version !== dataVersion) return `LMDB data version ${version}, this build reads ${dataVersion}`
  const pageSize = bytes.readUInt32LE(metaAt.pageSize)
  if (pageSize < 512 || pageSize > 65536 || (pageSize & (pageSize - 1)) !== 0) return `page size ${pageSize}`
  return {
    transaction: bytes.readBigUInt64LE(metaAt.transaction),
    pageSize,
    lastPage: Number(bytes.readBigUInt64LE(metaAt.lastPage)),
  }
}
