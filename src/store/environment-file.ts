/**
 * A look at LMDB's file before LMDB maps it: foreign bytes are refused here, single pages are found by reading
 * (`examine.ts`). Layout: a page header of 24 bytes, then the meta record, in each of the first two pages; in the
 * middle of the first page the meta record of the last flush (lmdb-js), which counts after a power loss.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

const magic = 0xbeefc0de
const dataVersion = 2
const metaAt = { magic: 24, version: 28, pageSize: 48, lastPage: 144 } as const
const metaEnd = 152

interface Meta {
  readonly pageSize: number
  readonly lastPage: number
}

interface EnvironmentFile {
  readonly size: number
  readonly metas: readonly Meta[]
}

/** What is wrong with the file as a whole, or null. The file must exist. */
export function environmentFault(path: string): string | null {
  const file = readEnvironmentFile(path)
  return typeof file === 'string' ? file : null
}

/**
 * The file ends before the last page that it names. That may be well (pages that were given back before they were
 * written, or a power loss that lmdb will undo), or it was cut off, and then a read beyond its end kills the process.
 */
export function looksCutOff(path: string): boolean {
  const file = readEnvironmentFile(path)
  if (typeof file === 'string') return true
  return file.metas.some(({ lastPage, pageSize }) => file.size < (lastPage + 1) * pageSize)
}

function readEnvironmentFile(path: string): EnvironmentFile | string {
  const file = openSync(path, 'r')
  try {
    const first = readMeta(file, 0)
    if (typeof first === 'string') return first
    const second = readMeta(file, first.pageSize)
    return typeof second === 'string' ? second : { size: fstatSync(file).size, metas: [first, second] }
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
    pageSize,
    lastPage: Number(bytes.readBigUInt64LE(metaAt.lastPage)),
  }
}
