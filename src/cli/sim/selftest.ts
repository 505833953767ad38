/**
 * `meridian sim selftest`: faults planted in server, generator, disk and gate, and whether what should see them does.
 */
import { hasSurvivor, runSelftest } from '../../../bench/selftest/run-selftest.ts'
import type { CommandDescription, Invocation, Outcome } from '../command.ts'
import { exitCodes, misused } from '../command.ts'
import { table } from '../table.ts'
import { whileRunning } from './while-running.ts'

export const description: CommandDescription = {
  path: ['sim', 'selftest'],
  purpose: 'plant faults, and see whether each is caught',
  details: [
    'Each fault runs with the smallest run that shows it, beside the same run without: that one has to be clean. It',
    'starts servers of its own on loopback.',
  ].join(' '),
  withoutConfig: true,
  options: [
    { flags: '--quick', text: 'leave out those that take minutes' },
    { flags: '--only <numbers>', text: 'of the table, with commas between them' },
  ],
  examples: [
    { line: 'meridian sim selftest', text: 'all of them, some minutes' },
    { line: 'meridian sim selftest --only 1,4,24 --json', text: 'three of them, for a program' },
  ],
  exitCodes: { 1: 'a fault was not caught, or a run without one was not clean' },
}

export async function run({ options, io }: Invocation): Promise<Outcome> {
  const only = options.only === undefined ? null : String(options.only).split(',').map(Number)
  if (only?.some((number) => !(Number.isInteger(number) && number >= 1 && number <= 28)))
    return misused('--only: expected numbers from 1 to 28 with commas between them')
  const outcomes = await whileRunning(io, ({ signal }) =>
    runSelftest({
      isQuick: options.quick === true,
      only,
      signal,
      onOutcome: ({ number, fault, state }) => io.stderr(`${number} ${fault}: ${state}\n`),
    }),
  )
  const rows = outcomes.map((each) => [
    String(each.number),
    each.plantedIn,
    each.fault,
    each.seenAs,
    each.state === 'caught' ? `caught by ${each.check}` : each.state,
    each.detail.length > 90 ? `${each.detail.slice(0, 89)}…` : each.detail,
  ])
  const caught = outcomes.filter(({ state }) => state === 'caught').length
  const text = [
    table(['#', 'planted in', 'fault', 'seen as', 'state', 'what was said'], rows),
    `${caught} of ${outcomes.length} planted faults caught${outcomes.length === 28 ? '' : ', of 28 in the table'}`,
  ].join('\n')
  const survived = hasSurvivor(outcomes)
  return {
    exitCode: survived ? exitCodes.failed : exitCodes.ok,
    value: outcomes,
    text,
    warnings: [],
    error: survived ? 'a planted fault was not caught, or a run without one was not clean' : null,
  }
}
