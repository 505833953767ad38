/**
 * What the kernel says of a process (proc(5)): processor time by thread, memory, bytes written. Linux only; null where
 * the process is gone or may not be looked at.
 */
import { readdirSync, readFileSync } from 'node:fs'

/** USER_HZ of every Linux that we know. */
const ticksPerSecond = 100
const tickUs = 1e6 / ticksPerSecond

export interface ProcessReading {
  readonly userUs: number
  readonly systemUs: number
  readonly residentBytes: number
  readonly residentMaxBytes: number
  /** 0 where the kernel does not count. */
  readonly writtenBytes: number
  /** By thread id. */
  readonly threads: ReadonlyMap<number, { readonly name: string; readonly cpuUs: number }>
}

export function readProcess(pid: number): ProcessReading | null {
  try {
    const [userUs, systemUs] = times(readFileSync(`/proc/${pid}/stat`, 'latin1'))
    const status = readFileSync(`/proc/${pid}/status`, 'latin1')
    return {
      userUs,
      systemUs,
      residentBytes: kilobytes(status, 'VmRSS') * 1024,
      residentMaxBytes: kilobytes(status, 'VmHWM') * 1024,
      writtenBytes: writtenBy(pid),
      threads: threadsOf(pid),
    }
  } catch {
    return null
  }
}

/** Resident pages of files in this folder: the kernel takes them back when it needs them, and reads them again. */
export function mappedBytes(pid: number, folder: string): number {
  try {
    let [isInside, bytes] = [false, 0]
    for (const line of readFileSync(`/proc/${pid}/smaps`, 'utf8').split('\n')) {
      if (/^[0-9a-f]+-[0-9a-f]+ /.test(line)) isInside = line.includes(` ${folder}/`)
      else if (isInside && line.startsWith('Rss:')) bytes += Number(/\d+/.exec(line)?.[0] ?? 0) * 1024
    }
    return bytes
  } catch {
    return 0
  }
}

function threadsOf(pid: number): Map<number, { name: string; cpuUs: number }> {
  const threads = new Map<number, { name: string; cpuUs: number }>()
  for (const id of readdirSync(`/proc/${pid}/task`)) {
    try {
      const [user, system] = times(readFileSync(`/proc/${pid}/task/${id}/stat`, 'latin1'))
      const name = readFileSync(`/proc/${pid}/task/${id}/comm`, 'latin1').trim()
      threads.set(Number(id), { name, cpuUs: user + system })
    } catch {
      // A thread that ended between the two looks is not there any more.
    }
  }
  return threads
}

/** User and system time, µs; the name of the program, in brackets, may hold anything. */
function times(stat: string): readonly [number, number] {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return [Number(fields[11]) * tickUs, Number(fields[12]) * tickUs]
}

function kilobytes(status: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0)
}

function writtenBy(pid: number): number {
  try {
    return Number(/^write_bytes: (\d+)/m.exec(readFileSync(`/proc/${pid}/io`, 'latin1'))?.[1] ?? 0)
  } catch {
    return 0
  }
}
