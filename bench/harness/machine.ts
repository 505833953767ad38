/**
 * On what a figure was measured (promise P7: each figure names its machine, commit and command).
 */
import { spawnSync } from 'node:child_process'
import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os'

export interface Machine {
  readonly processor: string
  readonly cores: number
  readonly memoryGb: number
  readonly kernel: string
  readonly node: string
  readonly commit: string
  /** Of the minute before: above the number of cores, others were at work too. */
  readonly loadBefore: number
  readonly at: string
}

export function fingerprint(): Machine {
  const git = spawnSync('git', ['describe', '--always', '--dirty'], { cwd: import.meta.dirname, encoding: 'utf8' })
  return {
    processor: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    node: process.version,
    commit: git.status === 0 ? git.stdout.trim() : 'unknown',
    loadBefore: loadavg()[0]!,
    at: new Date().toISOString(),
  }
}
