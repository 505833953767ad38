/**
 * `topology.yaml` to a `Topology`: every mistake with file, line, column and key, never an exception. Names become
 * lower case and fingerprints lose their colons here, so that everybody behind compares texts.
 */
import { readFileSync, statSync } from 'node:fs'
import { type ConfigError, checkYaml, configError, fileBytesMax, type Problem } from '../../config/index.ts'
import type { Topology } from '../../ports/topology.ts'
import { checkTopology } from '../check.ts'
import { isSameTopology, topologyDifference } from '../difference.ts'
import { type TopologyFile, topologyFileSchema } from './schema.ts'

export interface ReadTopology {
  readonly ok: true
  readonly topology: Topology
  readonly text: string
  /** A problem that only the reader of this topology can see, with its place in the file. */
  readonly refuse: (problem: Problem) => ConfigError
}

export type TopologyRead = ReadTopology | { readonly ok: false; readonly errors: readonly ConfigError[] }

/** `shownAs` is how messages name the file. */
export function readTopologyFile(path: string, shownAs: string): TopologyRead {
  const refused = (message: string): TopologyRead => ({
    ok: false,
    errors: [{ ...configError({ kind: 'default' }, '', message), file: shownAs }],
  })
  try {
    if (statSync(path).size > fileBytesMax) return refused(`larger than ${fileBytesMax} bytes; is this a topology?`)
    return parseTopology(readFileSync(path, 'utf8'), shownAs)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return refused(code === 'ENOENT' ? 'there is no such file' : `cannot be read: ${code ?? error}`)
  }
}

export function parseTopology(text: string, shownAs: string): TopologyRead {
  const checked = checkYaml(topologyFileSchema, text, shownAs)
  if (!checked.ok) return checked
  const topology = topologyOf(checked.value)
  const refuse = ({ path, message }: Problem) => checked.refuse(path, message)
  const problems = checkTopology(topology)
  if (problems.length > 0) return { ok: false, errors: problems.map(refuse) }
  return { ok: true, topology, text, refuse }
}

/**
 * Whether `after` may take the place of `before`. Two lists of one version that differ would have servers disagree
 * without knowing it, and an older one brings back what was removed.
 */
export function versionProblems(before: Topology, after: Topology): readonly Problem[] {
  if (after.version > before.version || isSameTopology(topologyDifference(before, after))) return []
  const next = before.version + 1
  const message =
    after.version === before.version
      ? `the content has changed and the version has not; write ${next}, or let \`meridian topology publish\` do it`
      : `version ${before.version} is in force and ${after.version} is older; write ${next} to go back to its content`
  return [{ path: ['version'], message }]
}

function topologyOf({ version, domains, servers, deniedCertificates }: TopologyFile): Topology {
  return {
    version,
    domains: domains.map((domain) => domain.toLowerCase()),
    servers: servers.map(({ name, role, linkHost, linkPort, clientUri }) => ({
      name: name.toLowerCase(),
      role,
      linkHost: (linkHost ?? name).toLowerCase(),
      linkPort,
      clientUri,
    })),
    deniedFingerprints: deniedCertificates.map(({ fingerprint }) => plainFingerprint(fingerprint)),
  }
}

/** As `Topology` has them, whatever tool printed it. */
export function plainFingerprint(text: string): string {
  return text.replaceAll(/[:\s]/g, '').toLowerCase()
}
