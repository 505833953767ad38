/**
 * The topology of the configuration, as commands need it: read, and wrong input made into their outcome.
 */
import { relative } from 'node:path'
import { type Config, formatConfigError } from '../../config/index.ts'
import { type ReadTopology, readTopologyFile, type TopologyRead } from '../../topology/index.ts'
import type { CommandIo, Outcome } from '../command.ts'
import { failed, misconfigured } from '../command.ts'

export type ConfiguredTopology =
  | { readonly ok: true; readonly file: string; readonly read: ReadTopology }
  | { readonly ok: false; readonly outcome: Outcome }

/** Of `topology.file`, which must be set. */
export function readConfiguredTopology({ topology }: Config, io: CommandIo): ConfiguredTopology {
  if (topology.file === null) {
    const message = 'topology.file is not set: this server stands alone; docs/topology.md shows how to begin'
    return { ok: false, outcome: failed(message) }
  }
  const read = readTopologyFile(topology.file, shownPath(topology.file, io.cwd))
  return read.ok ? { ok: true, file: topology.file, read } : { ok: false, outcome: refusedTopology(read) }
}

export type Domains =
  | { readonly ok: true; readonly domains: readonly string[]; readonly read: ReadTopology | null }
  | { readonly ok: false; readonly outcome: Outcome }

/** What certificates must speak for: the domains of the topology, where there is none those of the configuration. */
export function servedDomains(config: Config, io: CommandIo): Domains {
  const { domain, topology } = config
  if (topology.file === null) {
    return { ok: true, domains: [domain.name, ...domain.aliases].map((name) => name.toLowerCase()), read: null }
  }
  const configured = readConfiguredTopology(config, io)
  if (!configured.ok) return configured
  return { ok: true, domains: configured.read.topology.domains, read: configured.read }
}

export function refusedTopology({ errors }: TopologyRead & { readonly ok: false }): Outcome {
  return misconfigured(errors.map(formatConfigError).join('\nmeridian: '), { errors })
}

/** As somebody in that folder would type it. */
export function shownPath(path: string, cwd: string): string {
  const below = relative(cwd, path)
  return below.startsWith('..') ? path : below
}
