/**
 * How many transactions LMDB has committed, from the meta records of its file (the first two pages, of which the newer
 * counts; see `src/store/environment-file.ts`).
 */
import { closeSync, openSync, readSync } from 'node:fs'
import { dataPath } from '../../src/store/lmdb-disk.ts'

const pageSizeAt = 48
const transactionAt = 152
const headBytes = 160

export function commitCount(storeFolder: string): number {
  const file = openSync(dataPath(storeFolder), 'r')
  try {
    const first = Buffer.alloc(headBytes)
    const second = Buffer.alloc(headBytes)
    readSync(file, first, 0, headBytes, 0)
    readSync(file, second, 0, headBytes, first.readUInt32LE(pageSizeAt))
    return Math.max(...[first, second].map((page) => Number(page.readBigUInt64LE(transactionAt))))
  } finally {
    closeSync(file)
  }
}
