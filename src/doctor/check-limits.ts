/**
 * What the machine allows a process, against what the listeners ask for: files, queues of connections, buffers of UDP.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../config/index.ts'
import { type Finding, Findings } from './finding.ts'

/** A connection of a client is a file; ten thousand users with two devices, and room for a morning. */
const openFilesWanted = 65_536
/** With fewer a small office is the end. */
const openFilesMin = 4_096
/** What our listeners ask for: connections that wait to be accepted. */
const backlogWanted = 4_096
/** What a UDP listener asks for, a burst of 2,000 datagrams. */
const udpBytesWanted = 4 * 1024 * 1024

export interface LimitsQuestion {
  readonly config: Config
  /** Whose limits are read: the server's where one runs, else those of this command. */
  readonly serverPid: number | null
  readonly proc?: string
}

export function checkLimits({ config, serverPid, proc = '/proc' }: LimitsQuestion): readonly Finding[] {
  const found = new Findings('limits')
  checkOpenFiles(found, join(proc, serverPid === null ? 'self' : String(serverPid), 'limits'), serverPid !== null)
  const transports = new Set(config.listen.endpoints.map(({ transport }) => transport))
  const streams = [...transports].filter((transport) => transport !== 'udp')
  if (streams.length > 0) checkBacklog(found, join(proc, 'sys/net/core/somaxconn'), streams)
  if (transports.has('udp')) checkUdpBuffers(found, join(proc, 'sys/net/core/rmem_max'))
  return found.all
}

function checkOpenFiles(found: Findings, file: string, isServer: boolean): void {
  // Node raises the soft limit to the hard one when it starts.
  const [, hard] = /^Max open files\s+\S+\s+(\S+)/m.exec(readText(file)) ?? []
  if (hard === undefined) return unknown(found, 'LimitNOFILE')
  const limit = hard === 'unlimited' ? Number.POSITIVE_INFINITY : Number(hard)
  const who = isServer ? 'the server' : 'a process started here'
  const reason = `${who} may hold ${hard} open files, and each connection of a client is one`
  const cure = `LimitNOFILE=${openFilesWanted} in the systemd unit, or \`ulimit -n\` in the shell that starts it`
  if (limit < openFilesMin) found.fault('LimitNOFILE', reason, cure)
  else if (limit < openFilesWanted) found.warning('LimitNOFILE', reason, cure)
  else found.right('LimitNOFILE', reason)
}

function checkBacklog(found: Findings, file: string, transports: readonly string[]): void {
  const limit = numberIn(file)
  if (limit === null) return unknown(found, 'net.core.somaxconn')
  const reason = `${limit} connections may wait for ${transports.join(', ')}; the listeners ask for ${backlogWanted}`
  const cure = `sysctl -w net.core.somaxconn=${backlogWanted}, and in /etc/sysctl.d to keep it`
  if (limit < backlogWanted) found.warning('net.core.somaxconn', `${reason}: a morning’s rush loses some`, cure)
  else found.right('net.core.somaxconn', reason)
}

function checkUdpBuffers(found: Findings, file: string): void {
  const limit = numberIn(file)
  if (limit === null) return unknown(found, 'net.core.rmem_max')
  const reason = `a UDP socket may have ${limit} bytes of receive buffer; the udp listeners ask for ${udpBytesWanted}`
  const cure = `sysctl -w net.core.rmem_max=${udpBytesWanted}, and in /etc/sysctl.d to keep it`
  if (limit < udpBytesWanted) found.warning('net.core.rmem_max', `${reason}: bursts lose datagrams`, cure)
  else found.right('net.core.rmem_max', reason)
}

function unknown(found: Findings, setting: string): void {
  found.right(setting, 'cannot be read on this machine')
}

function numberIn(file: string): number | null {
  const text = readText(file).trim()
  return /^\d+$/.test(text) ? Number(text) : null
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
