/**
 * What a program with its child processes has cost and holds, read from the kernel (proc(5)).
 */
import { readdirSync, readFileSync } from 'node:fs'
import { scheduledMicros } from '../harness/process-cost.ts'

/** The process, and whatever descends from it. */
export function groupOf(pid: number): readonly number[] {
  const childrenOf = new Map<number, number[]>()
  for (const name of readdirSync('/proc')) {
    const parent = /^\d+$/.test(name) ? parentOf(Number(name)) : null
    if (parent !== null) childrenOf.set(parent, [...(childrenOf.get(parent) ?? []), Number(name)])
  }
  const group: number[] = []
  for (const next = [pid]; next.length > 0; ) {
    const each = next.pop()!
    group.push(each)
    next.push(...(childrenOf.get(each) ?? []))
  }
  return group
}

/** Time on a processor of all threads that live now, microseconds. */
export function groupMicros(group: readonly number[]): number {
  return group.reduce((micros, pid) => micros + scheduledMicros(pid), 0)
}

/** Proportional set size: a page that several hold counts in parts. */
export function groupBytes(group: readonly number[]): number {
  let kilobytes = 0
  for (const pid of group) {
    kilobytes += Number(/^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1'))?.[1] ?? 0)
  }
  return kilobytes * 1024
}

function parentOf(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
  } catch {
    // It has ended meanwhile.
    return null
  }
}
