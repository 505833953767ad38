/**
 * `meridian directory check`: every domain controller of the configuration, as this server finds it.
 */
import { attributeMapping, checkController, serviceAccount } from '../../directory/index.ts'
import type { CommandDescription, Invocation, Outcome } from '../command.ts'
import { doneWithWarnings } from '../command.ts'
import { table } from '../table.ts'
import { openDirectory } from './open-directory.ts'

export const description: CommandDescription = {
  path: ['directory', 'check'],
  purpose: 'check every domain controller of the configuration',
  details: [
    'Binds as the service account and says of each one how long an answer takes, how far its clock is from ours, which',
    'attributes its catalog does not hold, and whether deletions can be seen. It changes nothing.',
  ].join(' '),
  examples: [
    { line: 'meridian directory check', text: 'after each change of the section directory' },
    { line: 'meridian directory check --json', text: 'the same for a program' },
  ],
  exitCodes: {
    1: 'one cannot be used, or directory.kind is local',
    2: 'all can be used, but look at the warnings',
    78: 'the configuration has mistakes',
  },
}

export async function run(invocation: Invocation): Promise<Outcome> {
  const opened = await openDirectory(invocation)
  if (!opened.ok) return opened.outcome
  const { settings, ports } = opened.directory
  const account = serviceAccount(settings)
  const asking = { ...ports, mapping: attributeMapping(settings) }
  const checked = await Promise.all(settings.servers.map((server) => checkController(asking, server, account)))
  const rows = checked.map(({ catalog, site, roundTripMs, skewMs, missing, seesDeletions }) => [
    catalog,
    site,
    roundTripMs === null ? '-' : `${roundTripMs.toFixed(1)} ms`,
    skewMs === null ? '-' : `${skewMs / 1000} s`,
    missing.length === 0 ? 'all' : `without ${missing.length}`,
    seesDeletions === 'yes' ? 'seen' : 'not seen',
  ])
  const text = table(['catalog', 'site', 'answer', 'clock', 'attributes', 'deletions'], rows)
  const named = (key: 'faults' | 'warnings') =>
    checked.flatMap((one) => one[key].map((words) => `${one.catalog}: ${words}`))
  const outcome = doneWithWarnings({ controllers: checked }, text, named('warnings'))
  const faults = named('faults')
  return faults.length === 0 ? outcome : { ...outcome, exitCode: 1, error: faults.join('\nmeridian: ') }
}
