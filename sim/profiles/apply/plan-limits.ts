/**
 * What a profile means for a server on this machine: the CPU time that it may take, its memory, and how long each flush
 * of its store is held back.
 */
import { emulatedFlushVariable } from '../../../src/store/flush-pace.ts'
import { flushTimes } from '../flush-model.ts'
import type { Profile } from '../profile.ts'

/** The quota of a period is given out at once; a short period keeps pauses short. */
const periodUs = 10_000
/** The kernel takes no smaller quota, and no longer period. */
const quotaMinUs = 1_000
const periodMaxUs = 1_000_000

export interface CpuQuota {
  readonly quotaUs: number
  readonly periodUs: number
}

/** `cores`: a part of one core, or more than one. The period is longer where the quota would be too small. */
export function cpuQuota(cores: number): CpuQuota {
  if (!(cores > 0)) throw new RangeError(`a quota of ${cores} cores lets nothing run`)
  const longer = Math.ceil(quotaMinUs / cores)
  const period = Math.min(periodMaxUs, Math.max(periodUs, longer))
  return { quotaUs: Math.max(quotaMinUs, Math.round(cores * period)), periodUs: period }
}

export interface PlannedLimits {
  /** Cores of this machine: count ÷ κ of the mix. */
  readonly cores: number
  /** 0: no limit. */
  readonly memoryBytes: number
}

/** `mix`: how many times as long the load's mix of work takes on one of the profile's CPUs (`mixFactor`). */
export function planLimits({ cpu, memory }: Profile, mix: number): PlannedLimits {
  return { cores: cpu.count / mix, memoryBytes: (memory.total_mb - memory.reserved_mb) * 2 ** 20 }
}

const drawnTimes = 1_024

/** Environment of the server's process that emulates the profile's disk; empty where nothing is to be added. */
export function serverEnvironment(
  { disk }: Profile,
  seed: number,
  kind: 'usual' | 'worst' = 'usual',
): Record<string, string> {
  const model = kind === 'worst' ? (disk.worst_flush_ms ?? disk.flush_ms) : disk.flush_ms
  if (model.dist === 'as-found') return {}
  const draw = flushTimes(model, seed)
  const times = Array.from({ length: drawnTimes }, () => Number(draw().toFixed(3)))
  return { [emulatedFlushVariable]: times.join(',') }
}
