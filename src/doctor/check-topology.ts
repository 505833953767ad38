/**
 * The list of servers that belong together, where this one is among others.
 */
import { hostname } from 'node:os'
import { type Config, formatConfigError } from '../config/index.ts'
import type { Topology } from '../ports/topology.ts'
import { checkOwnServer, readTopologyFile, topologyWarnings } from '../topology/index.ts'
import { type Finding, Findings } from './finding.ts'

export interface TopologyExamined {
  readonly findings: readonly Finding[]
  /** Null where there is none, or none that can be read. */
  readonly topology: Topology | null
}

export function checkTopologyFile({ topology, server }: Config): TopologyExamined {
  const found = new Findings('topology')
  if (topology.file === null) {
    found.right('topology.file', 'is not set: this server stands alone')
    return { findings: found.all, topology: null }
  }
  const read = readTopologyFile(topology.file, topology.file)
  if (!read.ok) {
    for (const error of read.errors) found.fault('topology.file', formatConfigError(error), 'mend that line')
    return { findings: found.all, topology: null }
  }
  const own = { name: server.name ?? hostname(), role: server.role }
  const problems = checkOwnServer(read.topology, own)
  for (const { message } of problems) found.fault('topology.file', message, 'make the two agree')
  for (const warning of topologyWarnings(read.topology)) found.warning('topology.file', warning, 'see docs/topology.md')
  if (problems.length === 0)
    found.right('topology.file', `${read.topology.servers.length} servers, ${own.name} among them`)
  return { findings: found.all, topology: read.topology }
}
