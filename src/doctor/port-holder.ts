/**
 * Who listens on a port, from `/proc`: its process where that may be seen (one's own processes, all of them for root).
 */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'

export interface PortHolder {
  /** Null: somebody, whose process this user may not see. */
  readonly pid: number | null
  readonly name: string
}

/** Of `/proc/net/tcp`: LISTEN. A UDP socket that is bound is in state 07. */
const states = { tcp: '0A', udp: '07' } as const

/** All processes that hold the port, on any address of the machine; empty where it is free, or there is no `/proc`. */
export function portHolders(protocol: 'tcp' | 'udp', port: number, proc = '/proc'): readonly PortHolder[] {
  const inodes = new Set(
    [protocol, `${protocol}6`].flatMap((table) => inodesOf(join(proc, 'net', table), protocol, port)),
  )
  if (inodes.size === 0) return []
  const found = processes(proc).filter(({ pid }) => socketsOf(proc, pid).some((inode) => inodes.has(inode)))
  return found.length > 0 ? found : [{ pid: null, name: 'another user’s process' }]
}

function inodesOf(table: string, protocol: 'tcp' | 'udp', port: number): string[] {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0')
  return readText(table)
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => local?.endsWith(`:${wanted}`) === true && state === states[protocol])
    .map((columns) => columns[9] ?? '')
}

function processes(proc: string): { pid: number; name: string }[] {
  try {
    const pids = readdirSync(proc).filter((name) => /^\d+$/.test(name))
    return pids.map((pid) => ({ pid: Number(pid), name: readText(join(proc, pid, 'comm')).trim() || 'unknown' }))
  } catch {
    return []
  }
}

function socketsOf(proc: string, pid: number): string[] {
  const folder = join(proc, String(pid), 'fd')
  try {
    return readdirSync(folder).flatMap((fd) => /^socket:\[(\d+)\]$/.exec(linkOf(join(folder, fd)))?.[1] ?? [])
  } catch {
    return []
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
