/**
 * What would make a report invalid, each with its reading: those that the driver took, and those that follow from the
 * records, the profile and the calibration.
 */
import type { RunRecord, ValidityReading } from '../measure/run-record.ts'
import { ageMaxDays } from '../profiles/calibrate/calibration.ts'
import { isSameCpu } from '../profiles/calibrate/fingerprint.ts'
import { allRuns, type JudgeInput, mainRun, windowSeconds } from './judge-input.ts'
import { lawReadings } from './laws.ts'
import { steadinessReadings } from './steadiness.ts'

/** Fewer cannot show a 99th percentile that is a promise. */
const samplesMin = 10_000

export function validityReadings(input: JudgeInput): readonly ValidityReading[] {
  const runs = allRuns(input.runs)
  const main = mainRun(input.runs)
  return [
    ...distinct(runs.flatMap(({ validity }) => validity)),
    ...(input.validity ?? []),
    ...calibrationReadings(input),
    reading(
      'whole run',
      runs.every(({ endedEarly }) => endedEarly === undefined),
      runs.find(({ endedEarly }) => endedEarly !== undefined)?.endedEarly ?? 'yes',
      'yes',
    ),
    reading(
      'full preset',
      runs.every(({ quick }) => !quick),
      main.quick ? 'quick form' : 'yes',
      'yes',
    ),
    ...sampleReadings(main),
    ...rateReadings(main),
    ...steadinessReadings(main),
    ...lawReadings(main),
  ]
}

/** Of several runs: what each of them says is said once. */
function distinct(readings: readonly ValidityReading[]): readonly ValidityReading[] {
  return [...new Map(readings.map((each) => [JSON.stringify(each), each])).values()]
}

function reading(check: string, ok: boolean, found: string, limit: string): ValidityReading {
  return { check, reading: found, limit, ok }
}

/** Not for a profile whose CPUs count as this machine's, nor where costs are those of the reference core. */
function calibrationReadings({ runs, profile, calibration, machine, nowMs }: JudgeInput): readonly ValidityReading[] {
  if (profile.cpu.score === 'calibrated' || mainRun(runs).driver === 'virtual') return []
  if (calibration === null) return [reading('calibration', false, 'none', `at most ${ageMaxDays} days old`)]
  const days = Math.max(0, (nowMs - Date.parse(calibration.at)) / 86_400_000)
  const isHere = isSameCpu(calibration.machine, machine)
  return [
    reading('calibration: age', days <= ageMaxDays, `${days.toFixed(1)} days`, `${ageMaxDays} days`),
    reading('calibration: processor and runtime', isHere, isHere ? 'the same' : calibration.machine.cpu, 'the same'),
    reading('calibration: steady', calibration.steady, calibration.steady ? 'yes' : 'no', 'yes'),
  ]
}

function sampleReadings({ levels }: RunRecord): readonly ValidityReading[] {
  return levels
    .filter(({ id }) => id === 'D3' || id === 'D5')
    .map(({ id, latency }) =>
      reading(`samples of ${id}`, latency.count >= samplesMin, String(latency.count), `${samplesMin} or more`),
    )
}

/**
 * What is drawn by chance may differ by four of its standard errors, and by 2 % besides. What comes in groups (all that
 * one change is told to, all messages of a conversation) is drawn by the group.
 */
function rateReadings(run: RunRecord): readonly ValidityReading[] {
  // Whom an overloaded server does not let in does not do what was planned.
  if (run.preset === 'overload') return []
  const seconds = windowSeconds(run)
  return run.rates
    .filter(({ plannedPerSecond }) => plannedPerSecond > 0)
    .map(({ id, plannedPerSecond, seenPerSecond }) => {
      const allowed = 0.02 + 4 / Math.sqrt(Math.max(1, (plannedPerSecond * seconds) / groupOf(id, run)))
      const off = seenPerSecond / plannedPerSecond - 1
      const shown = `${off < 0 ? '' : '+'}${(off * 100).toFixed(1)} %`
      return reading(
        `rate of ${id} against the plan`,
        Math.abs(off) <= allowed,
        shown,
        `± ${(allowed * 100).toFixed(1)} %`,
      )
    })
}

/** How many come of one event of the plan; 1 where the record does not say. */
function groupOf(id: string, { parameters }: RunRecord): number {
  const { contacts = 1, concurrency = 1, devices = 1, messagesPerConversation = 1, typingPerMessage = 1 } = parameters
  if (id === 'notify') return Math.max(1, Number(contacts) * Number(concurrency) * Number(devices))
  if (id === 'message') return Math.max(1, Number(messagesPerConversation))
  return id === 'typing' ? Math.max(1, Number(messagesPerConversation) * Number(typingPerMessage)) : 1
}
