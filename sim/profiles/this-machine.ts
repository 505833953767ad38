/**
 * The profile `this-machine`: as found. Its CPUs count as they are, so that nothing is converted and figures are
 * measured; its disk is not delayed and its link is loopback.
 */
import { readFileSync } from 'node:fs'
import { availableParallelism, cpus, totalmem } from 'node:os'
import type { Profile } from './profile.ts'

export const thisMachineName = 'this-machine'

export function thisMachine(): Profile {
  const totalMb = Math.floor(Math.min(totalmem(), memoryLimitBytes()) / 2 ** 20)
  return {
    name: thisMachineName,
    title: 'This machine, as found',
    role: 'both',
    claim: null,
    cpu: {
      count: availableParallelism(),
      model: cpus()[0]?.model.trim() || 'unknown',
      score: 'calibrated',
      score_source: 'this machine itself',
    },
    memory: { total_mb: totalMb, reserved_mb: Math.min(384, Math.floor(totalMb / 4)) },
    disk: { kind: 'as found', flush_ms: { dist: 'as-found' }, cache: 'none' },
    net: { link_mbit: null, rtt_ms: 0, loss: 0 },
    limits: { cpu_target: 0.7, memory_target: 0.85, disk_target: 0.5, link_target: 0.4 },
  }
}

/** Of the control group that we are in, version 2 or 1; none where there is no file. */
function memoryLimitBytes(): number {
  for (const path of ['/sys/fs/cgroup/memory.max', '/sys/fs/cgroup/memory/memory.limit_in_bytes']) {
    try {
      const limit = Number(readFileSync(path, 'latin1'))
      if (Number.isFinite(limit) && limit > 0) return limit
    } catch {
      // Another version, or none.
    }
  }
  return Number.POSITIVE_INFINITY
}
