/**
 * What a process has cost so far, read from the kernel (proc(5)): all its threads, also those that have ended.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs'

/** USER_HZ of every Linux that we know. */
const ticksPerSecond = 100
/** Of the kernel's counters, whatever the device has. */
const sectorBytes = 512

/** User and system time in microseconds, in steps of 10,000: measure for seconds. */
export function cpuMicros(pid: number): number {
  const { user, system } = cpuParts(pid)
  return user + system
}

/** The same in its parts. */
export function cpuParts(pid: number): { readonly user: number; readonly system: number } {
  const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
  // The name of the program, in brackets, may hold anything; fields 14 and 15 are the times.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const [user = 0, system = 0] = [fields[11], fields[12]].map((ticks) => (Number(ticks) * 1e6) / ticksPerSecond)
  return { user, system }
}

/**
 * The same in steps of a nanosecond, for short measurements: time on a processor of the threads that live now, as the
 * scheduler counts it (proc_pid_schedstat). A thread that ends takes its time along.
 */
export function scheduledMicros(pid: number): number {
  let nanoseconds = 0
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    nanoseconds += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').split(' ')[0])
  }
  return nanoseconds / 1_000
}

/** All of it, or only pages of files: the store's map, which the kernel takes back when it needs to. */
export function residentBytes(pid: number, part: 'VmRSS' | 'RssFile' = 'VmRSS'): number {
  const [, kilobytes] = new RegExp(`${part}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${pid}/status`, 'latin1')) ?? []
  return Number(kilobytes) * 1024
}

/**
 * What it has handed to the disk: what libuv's threads wrote, which commit for LMDB and have no sockets. `write_bytes`
 * of proc_pid_io(5) would not do: where the file system has large folios (ext4 since Linux 6.16) it counts 64 KB and
 * more for a page of four. Null where the kernel does not count.
 */
export function writtenBytes(pid: number): number | null {
  try {
    const threads = readdirSync(`/proc/${pid}/task`).map((thread) => `/proc/${pid}/task/${thread}`)
    const writers = threads.filter((path) => readFileSync(`${path}/comm`, 'latin1').startsWith('libuv-worker'))
    const counts = writers.map((path) => /^wchar: (\d+)/m.exec(readFileSync(`${path}/io`, 'latin1'))?.[1])
    return writers.length === 0 ? null : counts.reduce((sum, count) => sum + Number(count), 0)
  } catch {
    return null
  }
}

/**
 * What the device under a folder has written so far, for whomever: of one process only where the folder has a device
 * of its own (a loop device, and TMPDIR on it). Null where there is none that counts.
 */
export function deviceBytes(folder: string): number | null {
  const { dev } = statSync(folder)
  // As glibc's major() and minor() take numbers below 4096 and 256 apart.
  const device = `${(dev >> 8) & 0xfff}:${dev & 0xff}`
  try {
    const fields = readFileSync(`/sys/dev/block/${device}/stat`, 'latin1').trim().split(/ +/)
    return Number(fields[6]) * sectorBytes
  } catch {
    return null
  }
}
