/**
 * What cannot be, though each value by itself may: parameters against each other, and against the plan.
 */
import { logNormalMean } from './distributions.ts'
import { type ParameterName, type Parameters, parameterNames, parameterTable } from './parameters.ts'
import type { Plan } from './plan.ts'
import type { Workload } from './workload.ts'

export interface Problem {
  /** As in a workload file: `['parameters', 'contacts']`. */
  readonly path: readonly (string | number)[]
  readonly message: string
}

/** Most of the time that a user may spend idle, or in calls: the gaps between must be there. */
const mostOfTheTime = 0.9

export function checkWorkload({ parameters, plan }: Workload): readonly Problem[] {
  const outside = parameterNames.flatMap((name) => outOfBounds(name, parameters[name]))
  if (outside.length > 0) return outside
  return [...checkOrder(parameters), ...checkPeople(parameters), ...checkTime(parameters, plan), ...checkPlan(plan)]
}

function about(name: ParameterName, message: string): Problem {
  return { path: ['parameters', name], message }
}

/** For values that came from a command line, not through the schema. */
function outOfBounds(name: ParameterName, value: number | boolean | string): readonly Problem[] {
  const fact = parameterTable[name]
  if (fact.kind === 'switch') return typeof value === 'boolean' ? [] : [about(name, 'expected true or false')]
  if (fact.kind === 'choice') {
    const isOne = (fact.choices as readonly unknown[]).includes(value)
    return isOne ? [] : [about(name, `expected one of ${fact.choices.join(', ')}`)]
  }
  if (typeof value !== 'number' || !Number.isFinite(value)) return [about(name, 'expected a number')]
  if (value < fact.min) return [about(name, `expected at least ${fact.min}`)]
  if (value > fact.max) return [about(name, `expected at most ${fact.max}`)]
  return fact.whole && !Number.isInteger(value) ? [about(name, 'expected a whole number')] : []
}

function checkOrder(parameters: Parameters): readonly Problem[] {
  const pairs = [
    ['refreshFrom', 'refreshTo'],
    ['keepAliveFromSeconds', 'keepAliveToSeconds'],
    ['contacts', 'contactsMax'],
    ['bodyBytes', 'bodyBytesMax'],
  ] as const
  return pairs.flatMap(([low, high]) =>
    parameters[low] > parameters[high]
      ? [about(low, `${parameters[low]} is more than ${high}, which is ${parameters[high]}`)]
      : [],
  )
}

function checkPeople(parameters: Parameters): readonly Problem[] {
  const { users, concurrency, contacts, teamShare, divisionShare, hubShare } = parameters
  const problems: Problem[] = []
  const most = Math.floor((users - 1) / 2)
  if (contacts > Math.max(1, most)) {
    problems.push(about('contacts', `${users} users cannot have ${contacts} contacts each; at most ${most} on average`))
  }
  if (teamShare + divisionShare + hubShare > 1 + 1e-9) {
    problems.push(about('teamShare', 'with divisionShare and hubShare it is more than 1: they are parts of one whole'))
  }
  if (Math.round(users * concurrency) < 1) {
    problems.push(about('concurrency', `of ${users} users nobody would be signed in`))
  }
  return problems
}

function checkTime(parameters: Parameters, { activity }: Plan): readonly Problem[] {
  const busiest = Math.max(...activity) * parameters.presenceScale
  const { idlePerHour, idleMinutes, idleSigma, callChangesPerHour, callMinutes, callSigma } = parameters
  const idle = (busiest * idlePerHour * logNormalMean(idleMinutes, idleSigma)) / 60
  const calling = ((busiest * callChangesPerHour) / 2) * (logNormalMean(callMinutes, callSigma) / 60)
  const meetingsPerHour = (busiest * parameters.meetingChangesPerHour) / 2
  const problems: Problem[] = []
  if (idle > mostOfTheTime) {
    problems.push(
      about('idlePerHour', `so often and so long (idleMinutes, idleSigma) idle is ${percent(idle)} of the time`),
    )
  }
  if (calling > mostOfTheTime) {
    problems.push(
      about('callChangesPerHour', `with callMinutes and callSigma calls take ${percent(calling)} of the time`),
    )
  }
  // Meetings take one and a half slots of half an hour on average.
  if (meetingsPerHour > 4 / 3) {
    problems.push(about('meetingChangesPerHour', 'more meetings than an hour has room for: 1.33 of 45 min on average'))
  }
  return problems
}

function percent(part: number): string {
  return `${Math.round(part * 100)} %`
}

function checkPlan({ activity, storms, windows, durationMs }: Plan): readonly Problem[] {
  const problems: Problem[] = []
  if (Math.max(...activity) === 0) problems.push({ path: ['activity'], message: 'nobody would ever do anything' })
  for (const [index, storm] of storms.entries()) {
    if (storm.atMs >= durationMs) {
      const minutes = windows.measureMs / 60_000
      problems.push({ path: ['storms', index, 'atMinutes'], message: `the run ends after ${minutes} min` })
    }
  }
  const bursts = storms.filter(({ kind }) => kind === 'messages')
  if (bursts.length > 0 && activity.length > 1) {
    problems.push({ path: ['activity'], message: 'with storms of messages it is one value for always' })
  }
  const factors = new Set(bursts.map((storm) => storm.kind === 'messages' && storm.factor))
  if (factors.size > 1) problems.push({ path: ['storms'], message: 'all storms of messages have the same factor' })
  const inOrder = bursts.toSorted((left, right) => left.atMs - right.atMs)
  const overlap = inOrder.some((storm, index) => {
    const before = inOrder[index - 1]
    return before?.kind === 'messages' && before.atMs + before.forMs > storm.atMs
  })
  if (overlap) problems.push({ path: ['storms'], message: 'storms of messages do not overlap' })
  return problems
}
