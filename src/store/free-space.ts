/**
 * Whether the disk has room for a batch. LMDB must never meet a full disk (writing on after ENOSPC corrupts the heap),
 * so the answer is no long before that. The system is asked before every commit (1.4 µs against 80 for its flush) and
 * each second besides, so that a full disk and its recovery are noticed without traffic.
 */
import { freeBytesReserve, freeSpaceIntervalMs } from './limits.ts'

export interface FreeSpaceReport {
  readonly low: boolean
  readonly freeBytes: number
  readonly neededBytes: number
}

export interface FreeSpaceOptions {
  readonly freeBytes: () => number
  /** Told at each change between enough and low. */
  readonly onChange: (report: FreeSpaceReport) => void
}

export class FreeSpace {
  readonly #options: FreeSpaceOptions
  readonly #interval: NodeJS.Timeout
  #largestBatchBytes = 0
  #low = false

  constructor(options: FreeSpaceOptions) {
    this.#options = options
    this.#interval = setInterval(() => this.look(), freeSpaceIntervalMs)
    this.#interval.unref()
  }

  get low(): boolean {
    return this.#low
  }

  /** Null when a batch of this size may be written besides what its commit already holds, else the reason why not. */
  refusal(batchBytes: number, acceptedBytes: number): string | null {
    const largest = Math.max(batchBytes, this.#largestBatchBytes)
    const needed = freeBytesReserve + 2 * largest + acceptedBytes
    const { freeBytes } = this.look()
    if (freeBytes < needed) return `disk nearly full: ${freeBytes} bytes free, ${needed} needed`
    // Only what was let in counts from now on: one huge batch that was refused must not shut out the small ones.
    this.#largestBatchBytes = largest
    return null
  }

  look(): FreeSpaceReport {
    const freeBytes = this.#options.freeBytes()
    const neededBytes = freeBytesReserve + 2 * this.#largestBatchBytes
    const report = { low: freeBytes < neededBytes, freeBytes, neededBytes }
    if (report.low !== this.#low) {
      this.#low = report.low
      this.#options.onChange(report)
    }
    return report
  }

  close(): void {
    clearInterval(this.#interval)
  }
}
