/**
 * Which machine it was: what a calibration belongs to, and what a report says that it ran on.
 */
import { readFileSync } from 'node:fs'
import { availableParallelism, cpus, release, totalmem } from 'node:os'

export interface Fingerprint {
  readonly cpu: string
  /** Vendor, family, model and stepping where the kernel says them. */
  readonly cpuId: string
  readonly microcode: string
  readonly cores: number
  readonly memoryMb: number
  readonly kernel: string
  readonly governor: string
  readonly runtime: string
  /** The kernel sees a hypervisor under it: neighbours may be at work on the same core. */
  readonly virtual: boolean
}

export function fingerprint(): Fingerprint {
  const info = readOr('/proc/cpuinfo', '')
  const field = (name: string) => new RegExp(`^${name}\\s*: (.*)$`, 'm').exec(info)?.[1]?.trim() ?? 'unknown'
  return {
    cpu: cpus()[0]?.model.trim() || 'unknown',
    cpuId: ['vendor_id', 'cpu family', 'model', 'stepping'].map(field).join(' '),
    microcode: field('microcode'),
    cores: availableParallelism(),
    memoryMb: Math.floor(totalmem() / 2 ** 20),
    kernel: release(),
    governor: readOr('/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor', 'none').trim(),
    runtime: `node ${process.version}`,
    virtual: /\bhypervisor\b/.test(field('flags')),
  }
}

/** The same processor under the same runtime; memory and the number of cores do not change what a core can do. */
export function isSameCpu(one: Fingerprint, other: Fingerprint): boolean {
  return one.cpuId === other.cpuId && one.cpu === other.cpu && one.runtime === other.runtime
}

function readOr(path: string, otherwise: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return otherwise
  }
}
