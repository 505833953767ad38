/**
 * Faults in virtual time: second copies are excused only where a fault can have caused them (CAPACITY D.3), leaving one
 * strike out changes no other, and a violation that is seen only at the end is explained by what concerns its users.
 */
import { expect, it } from 'vitest'
import { acknowledgeBeforeFlush } from '../../../sim/mutants/acknowledge-before-flush.ts'
import { explain } from '../../../sim/virtual/explain-run.ts'
import { FaultLog } from '../../../sim/virtual/fault-log.ts'
import { QuietHistory } from '../../../sim/virtual/quiet-history.ts'
import { runVirtual, type VirtualChoice } from '../../../sim/virtual/run-virtual.ts'
import { planStrikes } from '../../../sim/virtual/strikes.ts'
import type { SeenViolation } from '../../../sim/virtual/virtual-run-options.ts'
import { EventQueue } from '../../../sim/world/event-queue.ts'
import { Prng } from '../../../sim/world/prng.ts'
import { Stream } from '../../../sim/world/stream.ts'
import { Weather } from '../../../sim/world/weather.ts'
import type { FlowSink } from '../../../src/ports/flows.ts'
import { struck } from '../../support/virtual-runs.ts'

const timeout = 120_000

/** A line of that device to a worker that only listens, and what is noted of its faults. */
function lineOf(address: string) {
  const events = new EventQueue()
  const weather = new Weather()
  const log = new FaultLog(weather, (user, device) => `10.1.0.${user + device}`)
  const wire = { events, random: new Prng(1), weather: weather.network, history: new QuietHistory(null, log) }
  const sink = { onFlowOpened: () => {}, onFlowClosed: () => {}, onFlowMessage: () => {}, onFlowFault: () => {} }
  const worker = { isListening: true, sink: sink as unknown as FlowSink }
  const user = { onBytes: () => {}, onClosed: () => {} }
  const stream = new Stream(wire, worker, { address, splitProbability: 0 }, user, () => {})
  return { stream, log, events }
}

it('an answer may be lost with its line or with a worker, near that time and nowhere else', () => {
  const log = new FaultLog(new Weather(), (user, device) => `10.1.0.${user + device}`)
  const mayHaveLost = (user: number, atMs: number): boolean => log.mayHaveLost(user, 0, atMs * 1000)
  expect(mayHaveLost(3, 50_000)).toBe(false)
  const fault = { fromMs: 40_000, untilMs: Number.POSITIVE_INFINITY }
  log.line('10.1.0.3', fault)
  expect([mayHaveLost(3, 50_000), mayHaveLost(3, 30_000), mayHaveLost(4, 50_000)]).toEqual([true, false, false])
  fault.untilMs = 45_000
  expect([mayHaveLost(3, 46_000), mayHaveLost(3, 50_000)]).toEqual([true, false])
  log.loss(80_000)
  expect([80_500, 79_500, 85_000].map((atMs) => mayHaveLost(4, atMs))).toEqual([true, true, false])
})

it('a line that falls silent while its device reads nothing is broken until it ends, and the next one is not', () => {
  const { stream, log, events } = lineOf('10.1.0.3')
  const mayHaveLost = (atMs: number): boolean => log.mayHaveLost(3, 0, atMs * 1000)
  events.after(10_000, () => stream.readNothing(3_000))
  events.after(11_000, () => stream.fallSilent('to-server'))
  events.after(40_000, () => stream.deviceEnd.close('gone'))
  // The network may meet it once more before the server has noticed.
  events.after(41_000, () => stream.fallSilent('both'))
  while (events.step(50_000));
  expect([8_000, 12_000, 20_000, 39_000].map(mayHaveLost)).toEqual([false, true, true, true])
  expect([41_500, 45_000, 60_000].map(mayHaveLost)).toEqual([true, false, false])
})

it('a pause of reading ends with its line', () => {
  const { stream, log, events } = lineOf('10.1.0.3')
  events.after(10_000, () => stream.readNothing(12_000))
  events.after(12_000, () => stream.deviceEnd.close('clean'))
  while (events.step(50_000));
  expect([11_000, 15_000].map((atMs) => log.mayHaveLost(3, 0, atMs * 1000))).toEqual([true, false])
})

it('strikes are the same for the same seed, and a long run is not struck more densely', () => {
  expect(planStrikes(7, 80_000)).toEqual(planStrikes(7, 80_000))
  const [hour, day] = [planStrikes(7, 3_600_000).length, planStrikes(7, 86_400_000).length]
  expect(day / hour).toBeGreaterThan(0.8)
  expect(day / hour).toBeLessThan(1.25)
})

it('seeds that once failed are clean: users who seemed absent, messages that were on disk', { timeout }, async () => {
  for (const seed of [6, 8]) {
    const { correctness } = await runVirtual(struck(seed))
    expect(correctness.examples, `seed ${seed}`).toEqual([])
    expect(correctness.checked).toBeGreaterThan(100)
  }
})

/** The first seed whose planted fault shows at the end alone: which one that is changes with the server. */
async function brokenAtTheEnd(): Promise<{ broken: VirtualChoice; violation: SeenViolation }> {
  for (let seed = 1; seed <= 20; seed++) {
    const seen: SeenViolation[] = []
    const broken: VirtualChoice = { ...struck(seed), mutant: acknowledgeBeforeFlush }
    const { correctness } = await runVirtual({ ...broken, onViolation: (violation) => void seen.push(violation) })
    const [violation] = seen
    if (!violation?.isAtEnd) continue
    expect(violation.words).toBe(correctness.examples[0])
    expect(correctness.lost + correctness.notConverged).toBeGreaterThan(0)
    return { broken, violation }
  }
  throw new Error('no seed shows what is planted at the end alone')
}

it('what is seen only at the end is explained by the lines that concern its users', { timeout }, async () => {
  const { broken, violation } = await brokenAtTheEnd()
  const lines = await explain(broken, violation)
  const [from, to] = [...violation.words.matchAll(/\bu(\d+)\b/g)].map(([name]) => name)
  expect(lines.slice(0, 2).join(' ')).toContain(`${from} and ${to}`)
  expect(lines.length).toBeGreaterThan(5)
  expect(lines.some((line) => line.includes('fault server killed'))).toBe(true)
  expect(lines.some((line) => line.includes('10.1.0.'))).toBe(true)
})
