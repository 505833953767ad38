/**
 * What one user costs: memory, bytes, writes, and what one presence change sends; and the budgets that are judged.
 */
import { LatencyHistogram } from '../measure/latency-histogram.ts'
import { ownBaseBytes, ownBytes } from '../measure/own-memory.ts'
import type { RunRecord, ServerRecord } from '../measure/run-record.ts'
import type { ByBound } from '../profiles/range-of-three.ts'
import { signedInDevices, windowSeconds } from './judge-input.ts'
import { budgets } from './levels.ts'
import type { Report } from './report.ts'

const secondsPerDay = 86_400

export function perUserCosts(run: RunRecord): Report['perUser'] {
  const perDay = (count: number) => (count / windowSeconds(run) / run.users) * secondsPerDay
  const bytes = run.operations.reduce((sum, { bytesIn, bytesOut }) => sum + bytesIn + bytesOut, 0)
  const { server, label } = run
  const row = (id: string, name: string, value: number, unit: string) => ({ id, name, value, unit, label })
  const publishes = countOf(run, 'publish')
  return [
    row('bytes-per-second', 'bytes in and out', bytes / windowSeconds(run) / run.users, 'B/s'),
    ...(publishes > 0
      ? [row('notify-per-publish', 'notifications for one publication', countOf(run, 'notify') / publishes, '')]
      : []),
    ...(server
      ? [
          row('memory-per-device', 'memory of a signed-in device', memoryPerDevice(run) ?? 0, 'B'),
          row('cpu-per-day', 'CPU in a day at this load, on this machine', perDay(cpuSeconds(run)), 's'),
          ...idleRows(server).map(([id, name, value, unit]) => row(id, name, value, unit)),
          row('writes-per-day', 'records written in a day at this load', perDay(server.writes), ''),
          row('written-per-day', 'bytes written to the disk in a day at this load', perDay(server.writtenBytes), 'B'),
          row('disk-at-rest', 'disk at rest', server.storeBytes / run.users, 'B'),
        ]
      : []),
  ]
}

function idleRows({ idle }: ServerRecord): readonly (readonly [string, string, number, string])[] {
  if (!idle) return []
  const ms = (idle.cpuUserUs + idle.cpuSystemUs) / 1_000 / idle.seconds
  return [['cpu-idle', 'CPU a second with nobody signed in, of all users together', ms, 'ms']]
}

function countOf(run: RunRecord, id: string): number {
  return run.operations.find((each) => each.id === id)?.count ?? 0
}

function cpuSeconds({ server }: RunRecord): number {
  return server ? (server.cpuUserUs + server.cpuSystemUs) / 1e6 : 0
}

function memoryPerDevice(run: RunRecord): number | null {
  const { server } = run
  if (!server) return null
  return Math.max(0, ownBytes(server) - ownBaseBytes(server)) / signedInDevices(run)
}

/** The event loop may be late by more where everything is slower. */
export function budgetResults(run: RunRecord, mix: ByBound): Report['budgets'] {
  const { server, label } = run
  if (!server) return goodputRow(run)
  const row = (id: string, name: string, reading: number, limit: number, unit: string) => ({
    id,
    name,
    reading,
    limit,
    unit,
    label,
    ok: reading <= limit,
  })
  const rows = [
    row('memory-base', 'memory with nobody signed in', ownBaseBytes(server), budgets.memoryBasePerServerBytes, 'B'),
    row(
      'memory-per-device',
      'memory of a signed-in device',
      memoryPerDevice(run) ?? 0,
      budgets.memoryPerDeviceBytes,
      'B',
    ),
    row('disk-per-user', 'disk of a user at rest', server.storeBytes / run.users, budgets.diskPerUserBytes, 'B'),
    ...goodputRow(run),
  ]
  if (!server.eventLoopDelayUs || server.eventLoopDelayUs.count === 0) return rows
  const delay = LatencyHistogram.of(server.eventLoopDelayUs).percentileUs(99) / 1_000
  const limit = budgets.eventLoopP99Ms * (run.label === 'emulated' ? mix.mid : 1)
  return [...rows, row('event-loop', 'delay of the event loop, 99 %', delay, limit, 'ms')]
}

/** The only one that is to be at least so much. */
function goodputRow({ goodput, label }: RunRecord): Report['budgets'] {
  if (!goodput) return []
  const { ratio, steps, kinds = [] } = goodput
  const limit = budgets.overloadGoodput
  const row = (id: string, of: string, reading: number) => {
    const name = `goodput${of} at ${steps.at(-1)!.load} times the limit, of that at the limit, at least (D10)`
    return { id, name, reading, limit, unit: '', label, ok: reading >= limit }
  }
  const own = kinds.map((each) => row(`overload-goodput-${each.kind}`, ` of ${each.kind}`, each.ratio))
  return [row('overload-goodput', '', ratio), ...own]
}
