/**
 * `meridian sim population`: makes the users of a workload and says whether they are what the model wants.
 */
import { createPopulation } from '../../../sim/workload/population.ts'
import { checkPopulation } from '../../../sim/workload/population-checks.ts'
import type { CommandDescription, Invocation, Outcome } from '../command.ts'
import { doneWithWarnings, misused } from '../command.ts'
import { table } from '../table.ts'
import { chooseWorkload, workloadOptions } from './choose-workload.ts'

export const description: CommandDescription = {
  path: ['sim', 'population'],
  purpose: 'make the users of a workload and check who knows whom',
  withoutConfig: true,
  options: [...workloadOptions, { flags: '--seed <number>', text: 'which of all such populations', default: '1' }],
  examples: [
    { line: 'meridian sim population --seed 7', text: 'shows 10,000 users of 2003' },
    { line: 'meridian sim population --users 2500 --era modern', text: 'of your own number of users' },
  ],
  exitCodes: { 2: 'a check misses its limit; runs with these users say so too', 78: 'the workload file is wrong' },
}

export async function run({ options, io }: Invocation): Promise<Outcome> {
  const chosen = chooseWorkload(options, io, 'live')
  if (!chosen.ok) return chosen.outcome
  const seed = Number(options.seed ?? 1)
  if (!Number.isSafeInteger(seed) || seed < 0) return misused('--seed: expected a whole number, 0 or more')
  const { parameters } = chosen.workload
  const population = createPopulation(parameters, seed)
  const checks = checkPopulation(population, parameters)
  const { users, contacts, teamAt, devices } = population
  const deviceCount = devices.reduce((sum, count) => sum + count, 0)
  const missed = checks.filter(({ ok }) => !ok).map(({ check, reading, limit }) => `${check}: ${reading}, not ${limit}`)
  const head = `${users} users in ${teamAt.length - 1} teams, ${deviceCount} devices, ${contacts.length} contacts`
  const rows = checks.map(({ check, reading, limit, ok }) => [check, shown(reading), limit, ok ? 'yes' : 'no'])
  const value = { users, teams: teamAt.length - 1, devices: deviceCount, contacts: contacts.length, checks }
  return doneWithWarnings(value, `${head}\n${table(['check', 'found', 'wanted', 'ok'], rows)}`, missed)
}

function shown(reading: number): string {
  return Number.isInteger(reading) ? String(reading) : reading.toFixed(3)
}
