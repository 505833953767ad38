/**
 * How much of the memory that there is for this process is in use. All of it counts, whoever holds it: flows and what
 * waits for them, users, stored mail, buffers, the heaps of all threads. Pages of files do not, which the kernel takes
 * back when it needs to (the store's file is mapped). Garbage of this thread does not count either: it is collected
 * before anybody is refused, once a minute at most.
 */
import { readFileSync } from 'node:fs'
import { totalmem } from 'node:os'
import { getHeapStatistics } from 'node:v8'
import { collectGarbage } from './collect-garbage.ts'

const sampleMs = 1_000
/** From here on garbage is collected before it is believed; a little below where sign-ins are refused. */
const doubtShare = 0.65
/** A collection of a large heap takes a third of a second: not more of a thread's time than one in two hundred. */
const collectEveryMs = 60_000

/** Of each the bytes in use and those that there are. */
export interface MemoryReading {
  readonly process: readonly [used: number, most: number]
  /** Of this thread: V8 ends the process when it is full. */
  readonly heap: readonly [used: number, most: number]
  /** Of this worker's flows, with what they hold (`transport/memory-budget.ts`). */
  readonly flows: readonly [used: number, most: number]
}

export interface MemoryWatchPorts {
  readonly nowMs: () => number
  readonly read: () => MemoryReading
  readonly collect: () => void
}

export class MemoryWatch {
  readonly #ports: MemoryWatchPorts
  #share = 0
  #sampledMs = Number.NEGATIVE_INFINITY
  #collectedMs = Number.NEGATIVE_INFINITY

  constructor(ports: MemoryWatchPorts) {
    this.#ports = ports
  }

  /** Of the scarcest, 0 to 1. */
  get share(): number {
    return this.#share
  }

  /** To be called often. */
  look(): void {
    const nowMs = this.#ports.nowMs()
    if (nowMs - this.#sampledMs < sampleMs) return
    this.#sampledMs = nowMs
    const share = this.#read()
    if (share >= doubtShare && nowMs - this.#collectedMs >= collectEveryMs) {
      this.#collectedMs = nowMs
      this.#ports.collect()
      this.#share = this.#read()
    } else this.#share = share
  }

  #read(): number {
    const { process, heap, flows } = this.#ports.read()
    return Math.max(...[process, heap, flows].map(([used, most]) => used / most))
  }
}

/** `limitBytes`: of the whole process; 0: what the machine or the control group has. */
export function memoryOfThread(limitBytes: () => number, flows: () => MemoryReading['flows']): MemoryWatch {
  return new MemoryWatch({
    nowMs: () => performance.now(),
    read: () => {
      const { used_heap_size, heap_size_limit, total_physical_size } = getHeapStatistics()
      // V8 keeps the room of what was collected for what comes next.
      const room = Math.max(0, total_physical_size - used_heap_size)
      return {
        process: [residentBytes() - room, limitBytes() || bytesOfMachine()],
        heap: [used_heap_size, heap_size_limit],
        flows: flows(),
      }
    },
    collect: collectGarbage,
  })
}

/** Without pages of files, where the kernel tells them apart. */
function residentBytes(): number {
  try {
    const [, kilobytes] = /^RssAnon:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'latin1')) ?? []
    if (kilobytes !== undefined) return Number(kilobytes) * 1_024
  } catch {
    // Not Linux.
  }
  return process.memoryUsage.rss()
}

function bytesOfMachine(): number {
  const constrained = process.constrainedMemory()
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem()
}
