/**
 * `meridian topology publish`: a draft becomes the next version of the topology, after a check and a look at what is
 * different. Where servers follow the file, they follow it from then on.
 */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Topology } from '../../ports/topology.ts'
import {
  differenceLines,
  isSameTopology,
  parseTopology,
  type ReadTopology,
  readTopologyFile,
  topologyDifference,
  topologyWarnings,
  withVersion,
} from '../../topology/index.ts'
import type { CommandDescription, Invocation, Outcome } from '../command.ts'
import { done, doneWithWarnings, failed, misconfigured } from '../command.ts'
import { loadConfiguration } from '../configuration.ts'
import { passwordFileOption } from '../password.ts'
import { ownProblems, refusedTopology, replaceTopology, shownPath } from './read-topology.ts'

export const description: CommandDescription = {
  path: ['topology', 'publish'],
  purpose: 'make a draft the next version of the topology',
  details: [
    'Copy the file, change the copy, publish it: mistakes are found before a server follows them, what is different is',
    'shown, and the version rises by itself. The file is replaced whole, or not at all. With --ldif the servers of',
    'Active Directory are changed instead, with the rights of whom --as names, whose password is asked for.',
  ].join(' '),
  arguments: [{ name: '<draft>', text: 'a changed copy of the topology' }],
  options: [
    { flags: '--dry-run', text: 'check, and show what is different' },
    { flags: '--ldif', text: 'into Active Directory; the change is shown as LDIF' },
    { flags: '--as <administrator>', text: 'who makes it there, as name@domain; without it nothing is changed' },
    passwordFileOption,
    { flags: '--force', text: 'also one that was made from an older version, and undoes what came since' },
  ],
  examples: [
    { line: 'meridian topology publish draft.yaml --dry-run', text: 'what would change' },
    { line: 'meridian topology publish draft.yaml', text: 'changes it' },
    { line: 'meridian topology publish draft.yaml --ldif', text: 'shows what would change in Active Directory' },
  ],
  exitCodes: {
    1: 'topology.file is not set or cannot be written, or the draft was made from an older version',
    2: 'done, but something in it is seldom meant',
    78: 'the draft has mistakes; nothing was changed',
  },
}

export async function run(invocation: Invocation): Promise<Outcome> {
  if (invocation.options.ldif === true) {
    const { publishInDirectory } = await import('./publish-in-directory.ts')
    return publishInDirectory(invocation)
  }
  const { arguments: given, io } = invocation
  const loaded = loadConfiguration(invocation)
  if (!loaded.ok) return loaded.outcome
  const { config } = loaded
  const { file } = config.topology
  if (file === null) return failed('topology.file is not set: there is nothing that servers follow')
  if (config.directory.topology) return failed('the topology comes from the directory: publish it there, with --ldif')
  const before = existsSync(file) ? readTopologyFile(file, shownPath(file, io.cwd)) : null
  // Its version cannot be known, nor what would change: it is mended where it lies.
  if (before && !before.ok) return refusedTopology(before)
  const draft = readTopologyFile(resolve(io.cwd, given[0]!), given[0]!)
  if (!draft.ok) return refusedTopology(draft)
  // A list without this server would cut it off from all others; it is taken out of one that another server has.
  const strange = ownProblems(draft, config)
  if (strange.length > 0) return misconfigured(strange.join('\nmeridian: '), { errors: strange })
  const { dryRun, force } = invocation.options
  return publish({ file, before, draft, isDry: dryRun === true, isForced: force === true })
}

interface Publication {
  readonly file: string
  readonly before: ReadTopology | null
  readonly draft: ReadTopology
  readonly isDry: boolean
  readonly isForced: boolean
}

async function publish({ file, before, draft, isDry, isForced }: Publication): Promise<Outcome> {
  const known = before?.topology ?? null
  const version = known === null ? draft.topology.version : Math.max(known.version + 1, draft.topology.version)
  const after = { ...draft.topology, version }
  const nothing: Topology = { version: 0, domains: [], servers: [], deniedFingerprints: [] }
  const difference = topologyDifference(known ?? nothing, after)
  if (known !== null && isSameTopology(difference)) {
    return done({ published: false, version: known.version }, `${file} says the same, version ${known.version}`)
  }
  const lines = differenceLines(difference)
  if (known !== null && draft.topology.version < known.version && !isForced) {
    const of = `made from version ${draft.topology.version}, and ${known.version} is in force`
    const message = `${of}: it may undo what others have changed; take a new copy, or use --force`
    return failed(`the draft was ${message}`, { difference: lines }, lines.join('\n'))
  }
  const text = withVersion(draft.text, version)
  if (!parseTopology(text, file).ok) return failed('the draft with its new version cannot be read again')
  const value = { published: !isDry, file, version, difference: lines }
  const outcome = (last: string) => doneWithWarnings(value, [...lines, last].join('\n'), topologyWarnings(after))
  if (isDry) return outcome(`nothing was changed; it would be version ${version}`)
  try {
    const isReplaced = await replaceTopology(file, before?.text ?? null, text)
    return isReplaced
      ? outcome(`${file} is version ${version}; copy it to the other servers`)
      : failed(`${file} was changed by somebody else in this moment; run it again`)
  } catch (error) {
    return failed((error as Error).message)
  }
}
