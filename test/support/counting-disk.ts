/**
 * A disk in memory that counts its commits.
 */
import { MemoryDisk } from '../../src/store/index.ts'

export class CountingDisk extends MemoryDisk {
  batches = 0
  bytes = 0

  override enqueueBatch(...batch: Parameters<MemoryDisk['enqueueBatch']>): void {
    this.batches++
    for (const { key, value } of batch[2]) this.bytes += key.length + (value?.length ?? 0)
    super.enqueueBatch(...batch)
  }
}
