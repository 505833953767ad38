/**
 * The topology of the configuration, as commands need it: read, and wrong input made into their outcome.
 */
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { relative } from 'node:path'
import { type Config, formatConfigError, ownDomains } from '../../config/index.ts'
import { checkOwnServer, type ReadTopology, readTopologyFile, type TopologyRead } from '../../topology/index.ts'
import { loadCertificates } from '../certs/data-folder.ts'
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
  if (config.topology.file === null) return { ok: true, domains: ownDomains(config.domain), read: null }
  const configured = readConfiguredTopology(config, io)
  if (!configured.ok) return configured
  return { ok: true, domains: configured.read.topology.domains, read: configured.read }
}

export function refusedTopology({ errors }: TopologyRead & { readonly ok: false }): Outcome {
  return misconfigured(errors.map(formatConfigError).join('\nmeridian: '), { errors })
}

/** What of this server is not as its own configuration says; nothing where it has no name there. */
export function ownProblems({ topology, refuse }: ReadTopology, { server }: Config): readonly string[] {
  if (server.name === null) return []
  return checkOwnServer(topology, { name: server.name, role: server.role }).map((problem) =>
    formatConfigError(refuse(problem)),
  )
}

/**
 * Puts `text` in the place of `before`, whole or not at all; a file that is reached through a link stays where it lies.
 * False, and nothing is written, where somebody else has changed it since `before` was read; null is no file.
 */
export async function replaceTopology(file: string, before: string | null, text: string): Promise<boolean> {
  const { writePublicFile } = await loadCertificates()
  const path = existsSync(file) ? realpathSync(file) : file
  const now = existsSync(path) ? readFileSync(path, 'utf8') : null
  if (now !== before) return false
  writePublicFile(path, text)
  return true
}

/** As somebody in that folder would type it. */
export function shownPath(path: string, cwd: string): string {
  const below = relative(cwd, path)
  return below.startsWith('..') ? path : below
}
