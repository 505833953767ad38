/**
 * Faults of the generator, of the disk and of a cap of memory, planted in what a run has measured: the report is
 * invalid, or names what is short.
 */

import { nowUs } from '../../sim/live/clock.ts'
import { askClock, clockReading } from '../../sim/live/clock-probe.ts'
import { countReadings, generatorReadings } from '../../sim/live/record.ts'
import { LatencyHistogram, MAX_US } from '../../sim/measure/latency-histogram.ts'
import type { RunRecord, ValidityReading } from '../../sim/measure/run-record.ts'
import { judge } from '../../sim/report/judge.ts'
import type { Report } from '../../sim/report/report.ts'
import { Board } from '../../sim/verify/board.ts'
import { Findings } from '../../sim/verify/findings.ts'
import { encodeMark } from '../../sim/verify/mark.ts'
import { MessageVerifier } from '../../sim/verify/message-verifier.ts'
import { reconcile } from '../../sim/verify/reconcile.ts'
import { slowDisk, smallMemory, steadyInput, steadyRecord, withRate } from './made-up-run.ts'
import type { PlantedFault } from './planted-fault.ts'

type Row = Pick<PlantedFault, 'number' | 'plantedIn' | 'fault' | 'seenAs' | 'check'>

/** `said` of a run with the fault (true) and of one without. */
function fault(row: Row, said: (isPlanted: boolean) => string | null): PlantedFault {
  return { ...row, isQuick: true, run: async () => ({ seen: said(true), clean: said(false) }) }
}

function failing(readings: readonly ValidityReading[]): string | null {
  const wrong = readings.filter(({ ok }) => !ok)
  return wrong.length === 0 ? null : wrong.map(({ check, reading }) => `${check}: ${reading}`).join('; ')
}

/** The reasons of a report that is invalid. */
function invalid(report: Report): string | null {
  return report.verdict.word === 'INVALID' ? failing(report.validity) : null
}

function busyThread(isPlanted: boolean): string | null {
  const lag = new LatencyHistogram()
  for (let sent = 0; sent < 10_000; sent++) lag.record(isPlanted && sent % 50 === 0 ? 12_000 : 400)
  return failing(generatorReadings({ cpuShare: isPlanted ? 1 : 0.4 }, lag, { behindUs: lag.maxUs }))
}

/** Due each 10 ms; an answer takes 9 ms, for a second and a half 40. Planted: the next waits for the last answer. */
function closedLoop(isPlanted: boolean): string | null {
  const lag = new LatencyHistogram()
  let answeredMs = 0
  for (let dueMs = 0; dueMs < 60_000; dueMs += 10) {
    const sentMs = isPlanted ? Math.max(dueMs, answeredMs) : dueMs
    answeredMs = sentMs + (dueMs >= 30_000 && dueMs < 31_500 ? 40 : 9)
    lag.record((sentMs - dueMs) * 1_000)
  }
  return failing(generatorReadings({ cpuShare: 0.4 }, lag, { behindUs: lag.maxUs }))
}

function forgottenIds(isPlanted: boolean): string | null {
  const [board, findings, seed] = [new Board(2), new Findings(), 7]
  const verifier = new MessageVerifier(board, findings, seed)
  for (let count = 1; count <= 100; count++) {
    const isForgotten = isPlanted && count === 100
    const number = isForgotten ? count : verifier.next(0, 1)
    if (!isForgotten) verifier.accepted(0, 1, number)
    verifier.arrived(1, 0, Buffer.from(encodeMark({ from: 0, to: 1, number, dueUs: 1 }, seed)), 1, usual)
  }
  const different = [0, 1].filter((user) => !board.sumsAgree(user))
  reconcile(verifier.report(new Set(different)), findings, () => true)
  return findings.toRecord().neverSent > 0 ? (findings.toRecord().examples[0] ?? null) : null
}

function clipped(isPlanted: boolean): string | null {
  const latency = new LatencyHistogram()
  latency.record(isPlanted ? MAX_US * 1.1 : MAX_US / 2)
  const level = { id: 'D3', latency: latency.toSparse(), service: latency.toSparse(), failures: 0, causes: {} } as const
  return failing(
    countReadings([{ window: { levels: [level], operations: [], counts: {}, lag: latency.toSparse() } }], 0),
  )
}

function limiter(isPlanted: boolean): string | null {
  const counts: Record<string, number> = isPlanted ? { 'failed.D3.429': 12 } : { 'failed.D3.480': 12 }
  const lag = new LatencyHistogram().toSparse()
  return failing(countReadings([{ window: { levels: [], operations: [], counts, lag } }], 0))
}

const usual = { isExcused: false, isInSession: false }
const generator = 'readings of the generator (sim/live/record.ts): INVALID'

const aheadUs = 50_000

/** As a run asks its threads. */
async function clockOfReceivers(byUs: number): Promise<string | null> {
  return failing([clockReading([await askClock(nowUs, async () => nowUs() + byUs)])])
}

const shiftedClock: PlantedFault = {
  number: 21,
  plantedIn: 'generator',
  fault: 'the receiver’s clock is 50 ms ahead',
  seenAs: 'the clock of a thread is not that of the others: invalid',
  check: 'probe of clocks (sim/live/clock-probe.ts): INVALID',
  isQuick: true,
  run: async () => ({ seen: await clockOfReceivers(aheadUs), clean: await clockOfReceivers(0) }),
}

export const judgedFaults: readonly PlantedFault[] = [
  shiftedClock,
  fault(
    {
      number: 15,
      plantedIn: 'server',
      fault: 'a hidden limiter answers 429, in what devices count',
      seenAs: 'answers by a limiter: invalid, not a limit that was found',
      check: 'answers by a limiter (sim/live/record.ts): INVALID',
    },
    limiter,
  ),
  fault(
    {
      number: 18,
      plantedIn: 'generator',
      fault: 'a thread at all of a core, in what it tells',
      seenAs: 'busiest second and sent late: invalid',
      check: generator,
    },
    busyThread,
  ),
  fault(
    {
      number: 19,
      plantedIn: 'generator',
      fault: 'sends only after the last answer',
      seenAs: 'sent late: invalid',
      check: generator,
    },
    closedLoop,
  ),
  fault(
    {
      number: 22,
      plantedIn: 'generator',
      fault: 'forgets one in a hundred of its numbers',
      seenAs: 'came, and was never sent',
      check: 'verification from end to end (sim/verify/reconcile.ts)',
    },
    forgottenIds,
  ),
  fault(
    {
      number: 23,
      plantedIn: 'generator',
      fault: 'a latency beyond the edge of the histogram',
      seenAs: 'clipped ones are counted: invalid',
      check: 'latencies beyond the edge (sim/live/record.ts): INVALID',
    },
    clipped,
  ),
  fault(
    {
      number: 24,
      plantedIn: 'generator',
      fault: 'half of the contacts are missing',
      seenAs: 'rate of notifications against the plan: invalid',
      check: 'rates against the plan (sim/report/validity.ts): INVALID',
    },
    (isPlanted) => {
      const clean: RunRecord = steadyRecord()
      return invalid(judge(steadyInput(isPlanted ? withRate(clean, 'notify', 0.5) : clean)))
    },
  ),
  fault(
    {
      number: 25,
      plantedIn: 'disk',
      fault: 'a flush takes ten times as long',
      seenAs: 'the disk is what limits',
      check: 'limiting resource (sim/report/verdict.ts)',
    },
    (isPlanted) => {
      const { verdict } = judge(steadyInput(steadyRecord(), slowDisk(isPlanted ? 10 : 1)))
      return verdict.limitedBy === 'disk' && verdict.word === 'does-not-fit' ? verdict.sentence : null
    },
  ),
  fault(
    {
      number: 26,
      plantedIn: 'memory cap',
      fault: 'three tenths less memory than is needed',
      seenAs: 'does not fit, limited by memory',
      check: 'limiting resource (sim/report/verdict.ts)',
    },
    (isPlanted) => {
      const { verdict } = judge(steadyInput(steadyRecord(), smallMemory(isPlanted ? 0.7 : 1.5)))
      return verdict.limitedBy === 'memory' && verdict.word === 'does-not-fit' ? verdict.sentence : null
    },
  ),
]
