/**
 * `meridian topology publish`: a draft becomes the next version of the topology, after a check and a look at what is
 * different. Where servers follow the file, they follow it from then on.
 */
import { existsSync, realpathSync } from 'node:fs'
import { resolve } from 'node:path'
import { type Config, formatConfigError } from '../../config/index.ts'
import type { Topology } from '../../ports/topology.ts'
import {
  checkOwnServer,
  differenceLines,
  isSameTopology,
  parseTopology,
  type ReadTopology,
  readTopologyFile,
  topologyDifference,
  topologyWarnings,
  withVersion,
} from '../../topology/index.ts'
import { loadCertificates } from '../certs/data-folder.ts'
import type { CommandDescription, Invocation, Outcome } from '../command.ts'
import { done, doneWithWarnings, failed, misconfigured } from '../command.ts'
import { loadConfiguration } from '../configuration.ts'
import { refusedTopology, shownPath } from './read-topology.ts'

export const description: CommandDescription = {
  path: ['topology', 'publish'],
  purpose: 'make a draft the next version of the topology',
  details: [
    'Copy the file, change the copy, publish it: mistakes are found before a server follows them, what is different is',
    'shown, and the version rises by itself. The file is replaced whole, or not at all.',
  ].join(' '),
  arguments: [{ name: '<draft>', text: 'a topology file; its version does not matter' }],
  options: [{ flags: '--dry-run', text: 'check, and show what is different' }],
  examples: [
    { line: 'meridian topology publish draft.yaml --dry-run', text: 'what would change' },
    { line: 'meridian topology publish draft.yaml', text: 'changes it' },
  ],
  exitCodes: {
    1: 'topology.file is not set, or cannot be written',
    2: 'done, but something in it is seldom meant',
    78: 'the draft has mistakes; nothing was changed',
  },
}

export async function run(invocation: Invocation): Promise<Outcome> {
  const { arguments: given, io } = invocation
  const loaded = loadConfiguration(invocation)
  if (!loaded.ok) return loaded.outcome
  const { config } = loaded
  const { file } = config.topology
  if (file === null) return failed('topology.file is not set: there is nothing that servers follow')
  const before = existsSync(file) ? readTopologyFile(file, shownPath(file, io.cwd)) : null
  // Its version cannot be known, nor what would change: it is mended where it lies.
  if (before && !before.ok) return refusedTopology(before)
  const draft = readTopologyFile(resolve(io.cwd, given[0]!), given[0]!)
  if (!draft.ok) return refusedTopology(draft)
  const strange = ownProblems(draft, config)
  if (strange.length > 0) return misconfigured(strange.join('\nmeridian: '), { errors: strange })
  return publish({ file, before: before?.topology ?? null, draft, isDry: invocation.options.dryRun === true })
}

interface Publication {
  readonly file: string
  readonly before: Topology | null
  readonly draft: ReadTopology
  readonly isDry: boolean
}

async function publish({ file, before, draft, isDry }: Publication): Promise<Outcome> {
  const version = before === null ? draft.topology.version : Math.max(before.version + 1, draft.topology.version)
  const after = { ...draft.topology, version }
  const nothing: Topology = { version: 0, domains: [], servers: [], deniedFingerprints: [] }
  const difference = topologyDifference(before ?? nothing, after)
  if (before !== null && isSameTopology(difference)) {
    return done({ published: false, version: before.version }, `${file} says the same, version ${before.version}`)
  }
  const lines = differenceLines(difference)
  const text = withVersion(draft.text, version)
  if (!parseTopology(text, file).ok) return failed('the draft with its new version cannot be read again')
  const value = { published: !isDry, file, version, difference: lines }
  const warnings = topologyWarnings(after)
  if (isDry)
    return doneWithWarnings(
      value,
      [...lines, `nothing was changed; it would be version ${version}`].join('\n'),
      warnings,
    )
  try {
    const { writePublicFile } = await loadCertificates()
    writePublicFile(existsSync(file) ? realpathSync(file) : file, text)
    return doneWithWarnings(
      value,
      [...lines, `${file} is version ${version}; copy it to the other servers`].join('\n'),
      warnings,
    )
  } catch (error) {
    return failed((error as Error).message)
  }
}

/** A list without this server would cut it off from all others; it is taken out of one that another server has. */
function ownProblems({ topology, refuse }: ReadTopology, { server }: Config): readonly string[] {
  if (server.name === null) return []
  return checkOwnServer(topology, { name: server.name, role: server.role }).map((problem) =>
    formatConfigError(refuse(problem)),
  )
}
