/**
 * How long a thread has waited for a processor: other programs had it, or the control group's quota was used up. From
 * the scheduler of Linux (proc_pid_schedstat), whose second figure counts both; elsewhere nobody knows.
 */
import { readFileSync, readlinkSync } from 'node:fs'

/** Where the kernel keeps what it knows of this thread, to be told to another one; null where it does not. */
export function ownThreadFolder(): string | null {
  try {
    return `/proc/${readlinkSync('/proc/thread-self')}`
  } catch {
    return null
  }
}

/** Milliseconds in all since that thread began; 0 where nobody knows, or it has ended. */
export function waitedMs(threadFolder: string): number {
  try {
    return Number(readFileSync(`${threadFolder}/schedstat`, 'latin1').split(' ')[1]) / 1e6
  } catch {
    return 0
  }
}
