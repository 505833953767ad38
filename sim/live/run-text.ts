/** A live run in words: the line of each second, and what was found in the end. */
import { LatencyHistogram } from '../measure/latency-histogram.ts'
import type { LevelId, RunRecord, WatchedStep } from '../measure/run-record.ts'
import { violations } from '../verify/findings.ts'
import type { Progress } from './progress.ts'

const names: Readonly<Record<LevelId, string>> = {
  D1: 'register',
  D2: 'sign-on',
  D3: 'message delivered',
  D4: 'message answered',
  D5: 'presence',
  D6: 'converged',
  D7: 'contact list',
  D8: 'server ready again',
  D9: 'all back',
  D10: 'overload',
}

/** `columns`: of the terminal, so that the line stays one. */
export function progressLine(progress: Progress, columns = 160): string {
  const { operations, percentilesUs, server } = progress
  const level = (id: LevelId, name: string) => {
    const found = percentilesUs[id]
    return found ? [`${name} ${ms(found.p50)}/${ms(found.p99)}`] : []
  }
  const parts = [
    `${time(progress.modelMs)} ${progress.phase}`,
    `${progress.registered}/${progress.wanted} in`,
    `${operations.message} msg/s ${operations.publish} pub/s ${operations.notify} ntf/s`,
    ['p50/p99 ms:', ...level('D3', 'msg'), ...level('D5', 'pres'), ...level('D1', 'reg')].join(' '),
    ...(progress.failures > 0 ? [`${progress.failures} FAILED`] : []),
    ...(server ? [`server ${(server.cpuShare * 100).toFixed(0)} % ${mb(server.residentBytes)}`] : []),
    `generator ${(progress.generatorShare * 100).toFixed(0)} % lag ${ms(progress.lagP99Us)}`,
  ]
  return parts.join(' | ').slice(0, columns - 1)
}

/** At most 25 lines or so. */
export function runSummary(record: RunRecord): string {
  const { preset, users, transport, seed, correctness, endedEarly } = record
  const what = `${preset}${record.quick ? ' (quick)' : ''}, ${users} users over ${transport}, seed ${seed}`
  const isPartial = endedEarly === undefined ? '' : `PARTIAL: ${endedEarly}\n`
  const lines = [
    `${isPartial}${what}, ${Math.round(measuredSeconds(record))} s measured`,
    ...levelLines(record),
    ...operationLines(record),
    ...serverLines(record),
    ...goodputLines(record),
    `  correct     ${violations.map((kind) => `${kind} ${correctness[kind]}`).join('  ')}` +
      `  excepted ${correctness.excepted}  of ${correctness.checked} checked`,
    ...correctness.examples.map((example) => `    ${example}`),
    `  valid       ${record.validity.every(({ ok }) => ok) ? 'yes' : 'NO'}`,
    ...record.validity.filter(({ ok }) => !ok).map((each) => `    ${each.check}: ${each.reading}, limit ${each.limit}`),
  ]
  return lines.join('\n')
}

function levelLines({ levels }: RunRecord): string[] {
  const heads = ['p50 ms', 'p95', 'p99', 'max', 'count', 'failed'].map((name) => name.padStart(9))
  const head = `  ${'level'.padEnd(22)}${heads.join('')}`
  const rows = levels.map(({ id, latency, failures, causes }) => {
    const histogram = LatencyHistogram.of(latency)
    const times = [50, 95, 99].map((percent) => ms(histogram.percentileUs(percent)))
    const cells = [...times, ms(histogram.maxUs), String(histogram.count), String(failures)]
    const why = Object.entries(causes).map(([cause, count]) => ` ${cause}: ${count}`)
    return `  ${`${id} ${names[id]}`.padEnd(22)}${cells.map((cell) => cell.padStart(9)).join('')}${why.join('')}`
  })
  return [head, ...rows]
}

/** Real seconds of the window. */
function measuredSeconds({ windows, speed = 1 }: RunRecord): number {
  return windows.measureMs / 1000 / speed
}

function operationLines(record: RunRecord): string[] {
  const { operations, rates } = record
  const planned = new Map(rates.map(({ id, plannedPerSecond }) => [id, plannedPerSecond]))
  const seconds = measuredSeconds(record)
  const cells = operations
    .filter((operation) => operation.count > 0)
    .map((operation) => {
      const expected = planned.get(operation.id)
      const seen = (operation.count / seconds).toFixed(1)
      return `${operation.id} ${seen}${expected === undefined ? '' : ` (planned ${expected.toFixed(1)})`}`
    })
  return [`  per second  ${cells.slice(0, 4).join(', ')}`, `              ${cells.slice(4).join(', ')}`]
}

function serverLines(record: RunRecord): string[] {
  const { server, generator } = record
  const lag = generator ? LatencyHistogram.of(generator.lagUs) : null
  const lines = lag
    ? [
        `  generator   ${(generator!.cpuShare * 100).toFixed(0)} % of a core in its busiest second, ` +
          `late p99 ${ms(lag.percentileUs(99))} ms, largest ${ms(lag.maxUs)} ms, ${mb(generator!.residentBytes)}`,
      ]
    : []
  if (!server) return lines
  const seconds = measuredSeconds(record)
  const share = (us: number) => (us / 1e4 / seconds).toFixed(1)
  const threads = server.threads
    .filter(({ cpuUs }) => cpuUs / 1e6 / seconds > 0.005)
    .map(
      ({ name, cpuUs, busiestSecond }) => `${name} ${share(cpuUs)} % (busiest ${(busiestSecond * 100).toFixed(0)} %)`,
    )
  return [
    ...lines,
    `  server      ${share(server.cpuUserUs)} % user + ${share(server.cpuSystemUs)} % system of a core, ` +
      `${mb(server.residentBytes)} (empty ${mb(server.residentBaseBytes)}), ${mb(server.writtenBytes)} written`,
    ...(threads.length > 0 ? [`              ${threads.join(', ')}`] : []),
  ]
}

/** Served a second at each step of a load beyond the limit (D10), in all and by kind. */
function goodputLines({ goodput }: RunRecord): string[] {
  if (!goodput) return []
  const { steps, ratio, kinds = [] } = goodput
  const rates = (values: readonly number[]) => values.map((value) => value.toFixed(2))
  const rowOf = (name: string, values: readonly number[], part: number) =>
    row(name, rates(values), `${(part * 100).toFixed(0)} %`)
  return [
    row(
      'served a second at',
      steps.map(({ load }) => `${load} ×`),
      'of 1 ×',
    ),
    rowOf(
      'all (D10)',
      steps.map(({ servedPerSecond }) => servedPerSecond),
      ratio,
    ),
    ...kinds.map(({ kind, perSecond, ratio: own }) => rowOf(kind, perSecond, own)),
    ...watchedLines(kinds.flatMap(({ watched = [] }) => watched)),
  ]
}

/** By what presence is judged: of the states that were due to devices that were there, those told in time. */
function watchedLines(watched: readonly WatchedStep[]): string[] {
  if (watched.length === 0) return []
  const share = ({ duePerSecond, inTimePerSecond }: WatchedStep) => (100 * inTimePerSecond) / duePerSecond
  return [
    row(
      '  states due',
      watched.map(({ duePerSecond }) => duePerSecond.toFixed(2)),
    ),
    row(
      '  told within 5 s',
      watched.map((step) => (step.duePerSecond === 0 ? '-' : `${share(step).toFixed(1)} %`)),
    ),
    row(
      '  devices signed in',
      watched.map(({ devices }) => devices.toFixed(0)),
    ),
  ]
}

function row(name: string, cells: readonly string[], last = ''): string {
  return `  ${name.padEnd(22)}${[...cells, last].map((cell) => cell.padStart(9)).join('')}`.trimEnd()
}

function ms(us: number): string {
  const value = us / 1000
  return value >= 100 ? value.toFixed(0) : value.toFixed(1)
}

function mb(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`
}

function time(modelMs: number): string {
  const seconds = Math.max(0, Math.floor(modelMs / 1000))
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60]
  const two = (value: number) => String(value).padStart(2, '0')
  return `${hours > 0 ? `${hours}:` : ''}${two(minutes)}:${two(seconds % 60)}`
}
