/**
 * What a process has cost so far, read from the kernel (proc(5)): all its threads, also those that have ended.
 */
import { readdirSync, readFileSync } from 'node:fs'

/** USER_HZ of every Linux that we know. */
const ticksPerSecond = 100

/** User and system time in microseconds, in steps of 10,000: measure for seconds. */
export function cpuMicros(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
  // The name of the program, in brackets, may hold anything; fields 14 and 15 are the times.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return ((Number(fields[11]) + Number(fields[12])) * 1e6) / ticksPerSecond
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

/** What it has had written to the disk (proc_pid_io(5)); null where the kernel does not count. */
export function writtenBytes(pid: number): number | null {
  try {
    return Number(/^write_bytes: (\d+)/m.exec(readFileSync(`/proc/${pid}/io`, 'latin1'))?.[1] ?? Number.NaN)
  } catch {
    return null
  }
}
