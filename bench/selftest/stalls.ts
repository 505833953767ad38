/**
 * A server that stands still for a while, and a generator that does not see it: latency counts from the moment when a
 * message was due. Who counts from the moment when it left sees nothing of what had to wait before it (coordinated
 * omission).
 */

import { DrillPopulation, drillPlan } from '../../sim/live/drill-population.ts'
import { LatencyHistogram } from '../../sim/measure/latency-histogram.ts'
import type { RunRecord } from '../../sim/measure/run-record.ts'
import type { FleetOptions } from '../../sim/users/fleet.ts'
import type { PlantedInstruments } from '../../sim/virtual/virtual-run-options.ts'
import type { DueAction, Script } from '../../sim/workload/action.ts'
import { ListScript } from '../../sim/workload/list-script.ts'
import type { EventQueue } from '../../sim/world/event-queue.ts'
import type { NetworkWorker } from '../../sim/world/link.ts'
import type { Machine } from '../../sim/world/wire.ts'
import type { Pressure } from '../../src/ports/pressure.ts'
import type { PlantedFault } from './planted-fault.ts'
import { virtualDrill } from './virtual-drill.ts'

const everyMs = 10_000
const stallMs = 200
const measureMs = 40_000
const beginMs = 4_000
const talksPerSecond = 40

/** Each of these messages waits for a session that is asked for a moment before: it cannot leave during a stall. */
class SessionForEach extends DrillPopulation {
  constructor() {
    super({ ...drillPlan, users: 20 })
  }

  override script(first: number, end: number): Script {
    const talks = Array.from({ length: ((measureMs - beginMs) * talksPerSecond) / 1_000 }, (_, talk) => talk)
    const signIns = Array.from({ length: this.users }, (_, user) => signIn(user))
    const actions = [...signIns, ...talks.flatMap((talk) => this.#talk(talk))]
    const isOwn = ({ action }: DueAction) => 'user' in action && action.user >= first && action.user < end
    return new ListScript(actions.filter(isOwn).sort((one, other) => one.dueMs - other.dueMs))
  }

  #talk(talk: number): DueAction[] {
    const user = (talk * 7) % this.users
    const to = (user + 1 + (talk % 3)) % this.users
    const dueMs = beginMs + (talk * 1_000) / talksPerSecond
    return [
      { dueMs: dueMs - 1, action: { kind: 'open-session', user, to, talk } },
      { dueMs, action: { kind: 'message', user, to, talk, bodyBytes: 200 } },
      { dueMs: dueMs + 1_000, action: { kind: 'close-session', user, to, talk } },
    ]
  }
}

function signIn(user: number): DueAction {
  return { dueMs: user * 20, action: { kind: 'sign-in', user, device: 0 } }
}

/** The machine does nothing for 200 ms, every 10 s: what comes meanwhile waits until it goes on. */
class StallingMachine implements Machine {
  readonly #machine: Machine
  readonly #events: EventQueue

  constructor(machine: Machine, events: EventQueue) {
    this.#machine = machine
    this.#events = events
  }

  received(worker: NetworkWorker, bytes: Uint8Array, take: () => void): void {
    this.#machine.received(worker, bytes, () => {
      if (this.#leftMs === 0) take()
      else this.#events.after(this.#leftMs, take)
    })
  }

  inTurn(worker: NetworkWorker, take: () => void): void {
    this.#machine.inTurn(worker, take)
  }

  sent(worker: NetworkWorker, bytes: Uint8Array): number {
    return this.#machine.sent(worker, bytes) + this.#leftMs
  }

  pressureOf(worker: NetworkWorker): Pressure {
    return this.#machine.pressureOf(worker)
  }

  get #leftMs(): number {
    return Math.max(0, stallMs - (this.#events.nowMs % everyMs))
  }
}

const stalls: PlantedInstruments = { machine: (machine, events) => new StallingMachine(machine, events) }

/** Latency as a generator tells it that forgets when something was due. */
function fromSending(recorder: FleetOptions['recorder']): FleetOptions['recorder'] {
  return {
    latency: (level, _due, sentUs, doneUs) => recorder.latency(level, sentUs, sentUs, doneUs),
    failure: (level, cause, dueUs) => recorder.failure(level, cause, dueUs),
    sent: (operation, bytes, isNew) => recorder.sent(operation, bytes, isNew),
    received: (operation, bytes, isNew) => recorder.received(operation, bytes, isNew),
    statesDue: (watchers) => recorder.statesDue(watchers),
    stateTold: (afterUs) => recorder.stateTold(afterUs),
    count: (what) => recorder.count(what),
    lag: (us) => recorder.lag(us),
  }
}

function run(planted?: PlantedInstruments): Promise<RunRecord> {
  const happenings = { population: new SessionForEach(), ...(planted && { planted }) }
  return virtualDrill({ plan: { users: 20 }, measureMs, happenings })
}

/** So many times the middle one is a stall, and not the spread of what a server usually takes. */
const farBeyond = 10

/** Null: the messages of this run were never kept waiting. */
function stallIn(record: RunRecord): string | null {
  const answered = record.levels.find(({ id }) => id === 'D4')
  if (!answered) return null
  const [latency, service] = [LatencyHistogram.of(answered.latency), LatencyHistogram.of(answered.service)]
  const [p50, p99] = [latency.percentileUs(50), latency.percentileUs(99)]
  if (p99 <= farBeyond * p50) return null
  const ms = (us: number) => `${(us / 1_000).toFixed(1)} ms`
  return `answered after ${ms(p50)} at 50 %, ${ms(p99)} at 99 %; from sending on ${ms(service.percentileUs(99))}`
}

export const stallFaults: readonly PlantedFault[] = [
  {
    number: 9,
    plantedIn: 'server',
    fault: 'stalls for 200 ms every 10 s',
    seenAs: 'messages far later at 99 % than at 50 %, counted from when they were due',
    check: 'latency from the due moment (sim/measure/recorder.ts)',
    isQuick: true,
    run: async () => ({ seen: stallIn(await run(stalls)), clean: stallIn(await run()) }),
  },
  {
    number: 20,
    plantedIn: 'generator',
    fault: 'takes latency from the actual moment of sending',
    seenAs: 'fault 9 goes unseen',
    check: 'fault 9 of this table',
    isQuick: true,
    async run() {
      const [blind, seeing] = [stallIn(await run({ ...stalls, recorder: fromSending })), stallIn(await run(stalls))]
      return {
        seen: blind === null ? 'fault 9 is planted and not seen' : null,
        clean: seeing === null ? 'fault 9 is not seen by a right generator either' : null,
      }
    },
  },
]
