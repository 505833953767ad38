/**
 * File descriptors: every connection takes one at each end. Looked at before a run begins, raised where we may, else
 * the run ends with the command that raises them.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** Files, threads, pipes of the process itself. */
const ownDescriptors = 1_024

export interface DescriptorLimits {
  readonly soft: number
  readonly hard: number
}

export function readLimits(): DescriptorLimits {
  const found = /^Max open files\s+(\d+|unlimited)\s+(\d+|unlimited)/m.exec(readFileSync('/proc/self/limits', 'latin1'))
  const value = (text: string | undefined) => (text === undefined || text === 'unlimited' ? 2 ** 30 : Number(text))
  return { soft: value(found?.[1]), hard: value(found?.[2]) }
}

/** Null where so many devices can connect, perhaps after raising the limit; else what to do. */
export function ensureDescriptors(devices: number, limits = readLimits, raise = raiseLimit): string | null {
  const needed = devices + ownDescriptors
  if (limits().soft >= needed) return null
  raise(needed)
  if (limits().soft >= needed) return null
  const { hard } = limits()
  return (
    `${devices} connections need ${needed} file descriptors in this process and as many in the server, and the ` +
    `limit is ${limits().soft} (hard ${hard}). Raise it in this shell and start again: ` +
    (hard >= needed ? `ulimit -n ${needed}` : `sudo prlimit --pid $$ --nofile=${needed}:${needed}`)
  )
}

/** Only root may go beyond the hard limit; where it fails, the limit is as before. */
function raiseLimit(needed: number): void {
  spawnSync('prlimit', ['--pid', String(process.pid), `--nofile=${needed}:${Math.max(needed, readLimits().hard)}`])
}
