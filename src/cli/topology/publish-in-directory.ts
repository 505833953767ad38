/**
 * `meridian topology publish DRAFT --ldif`: the configuration partition of Active Directory is made to say what a draft
 * says. It shows what would be changed, and changes it with the rights of whom `--as` names.
 */
import { resolve } from 'node:path'
import {
  ldifOfStep,
  planTopology,
  readTopologyObjects,
  serviceAccount,
  type TopologyPlan,
  usersAtHome,
} from '../../directory/index.ts'
import { type LdapConnection, LdapFault } from '../../ports/ldap.ts'
import { differenceLines, isSameTopology, readTopologyFile, topologyDifference } from '../../topology/index.ts'
import type { Invocation, Outcome } from '../command.ts'
import { done, failed, misconfigured } from '../command.ts'
import { askController } from '../directory/ask-controller.ts'
import { mappedRefusal, type OpenedDirectory, openDirectory } from '../directory/open-directory.ts'
import { readKnownPassword } from '../password.ts'
import { ownProblems, refusedTopology } from './read-topology.ts'

interface Found {
  readonly plan: TopologyPlan
  readonly version: number
  /** Of the directory, where it is above the draft's. */
  readonly newerVersion: number | null
  readonly difference: readonly string[]
  readonly isSame: boolean
  /** Users of pools that would be removed. */
  readonly homeless: readonly string[]
}

export async function publishInDirectory(invocation: Invocation): Promise<Outcome> {
  const [name] = invocation.arguments as [string]
  const opened = await openDirectory(invocation)
  if (!opened.ok) return opened.outcome
  const { directory } = opened
  if (mappedRefusal(directory) !== null) {
    return failed('directory.addressAttribute is set: the servers are those of topology.file, publish without --ldif')
  }
  const draft = readTopologyFile(resolve(invocation.io.cwd, name), name)
  if (!draft.ok) return refusedTopology(draft)
  const strange = ownProblems(draft, directory.config)
  if (strange.length > 0) return misconfigured(strange.join('\nmeridian: '), { errors: strange })
  try {
    const account = serviceAccount(directory.settings)
    const found = await askController(directory, 'port', account, (server) => compare(server, draft.topology))
    return (await refusal(invocation, found)) ?? (await published(invocation, directory, found))
  } catch (error) {
    if (error instanceof LdapFault) return failed(`the directory refuses it: ${error.message}`)
    throw error
  }
}

async function compare(connection: LdapConnection, draft: Parameters<typeof planTopology>[1]): Promise<Found> {
  const objects = await readTopologyObjects(connection)
  const { topology } = objects.known
  const isNew = objects.entries.length === 0
  const before = isNew ? { version: 0, domains: [], servers: [], deniedFingerprints: [] } : topology
  const version = Math.max(draft.version, before.version + 1)
  const difference = topologyDifference(before, { ...draft, version })
  const plan = planTopology(objects, { ...draft, version })
  const homeless: string[] = []
  for (const pool of plan.poolsGone) homeless.push(...(await usersAtHome(connection, pool)))
  return {
    plan,
    version,
    newerVersion: before.version > draft.version ? before.version : null,
    difference: differenceLines(difference),
    isSame: !isNew && isSameTopology(difference),
    homeless,
  }
}

async function refusal({ options }: Invocation, found: Found): Promise<Outcome | null> {
  const { isSame, newerVersion, difference, homeless, version } = found
  if (isSame) {
    const value = { published: false, version: version - 1, ldif: '' }
    return done(value, `the directory says the same, version ${version - 1}`)
  }
  if (homeless.length > 0) {
    const some = homeless.slice(0, 5).join('; ')
    return failed(`${homeless.length} users have a home that would be removed, move them first: ${some}`)
  }
  if (newerVersion === null || options.force === true) return null
  const message = `the draft was made from an older version than ${newerVersion}, which is in force`
  return failed(`${message}: take a new copy, or use --force`, { difference }, difference.join('\n'))
}

async function published(invocation: Invocation, directory: OpenedDirectory, found: Found): Promise<Outcome> {
  const { plan, version, difference } = found
  const ldif = plan.steps.map(ldifOfStep).join('\n')
  const { as, dryRun } = invocation.options
  if (typeof as !== 'string' || dryRun === true) {
    return done({ published: false, version, ldif, difference }, `${ldif}\n# Nothing was changed: --as says by whom.`)
  }
  const read = await readKnownPassword(invocation)
  if (!read.ok) return read.outcome
  let taken = 0
  try {
    await askController(directory, 'domainPort', { name: as, password: read.password }, async (connection) => {
      for (const step of plan.steps.slice(taken)) {
        await connection.take(step)
        taken++
      }
    })
  } catch (error) {
    if (!(error instanceof LdapFault)) throw error
    const how = `${taken} of ${plan.steps.length} steps were taken; run it again for the rest`
    return failed(`the directory refuses it: ${error.message}; ${how}`)
  }
  return done({ published: true, version, ldif, difference }, `${ldif}\n# Changed to version ${version}, by ${as}.`)
}
