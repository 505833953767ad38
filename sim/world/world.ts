/**
 * A whole world in one thread: time, chance, machine, disk, network and server. Nothing in it moves but by its event
 * queue.
 */
import type { CoreSettings } from '../../src/runtime/worker-core.ts'
import type { History } from '../history.ts'
import type { Mutant } from '../mutants/mutant.ts'
import { VirtualDisk } from './disk.ts'
import { EventQueue } from './event-queue.ts'
import type { Access, NetworkWorker } from './link.ts'
import { Network } from './network.ts'
import { Prng } from './prng.ts'
import { type LinkMaker, VirtualServer } from './server.ts'
import { SystemTime } from './virtual-clock.ts'
import type { VirtualDirectory } from './virtual-directory.ts'
import { Weather } from './weather.ts'
import type { Machine } from './wire.ts'

/** Turns of the promise queue after a reading of the store: more than any chain of awaits in the core. */
export const settlingTurns = 12

/** What a world may have instead of what worlds of checked runs have. */
export interface Conditions {
  readonly events?: EventQueue
  readonly weather?: Weather
  readonly machine?: Machine
  readonly settings?: (bootId: string) => CoreSettings
  readonly system?: SystemTime
  /** To other servers, where there are some. */
  readonly links?: LinkMaker
  /** Of this server alone. */
  readonly sealKey?: Buffer
  /** Of users who are no accounts yet; the settings must say that it is asked. */
  readonly directory?: (events: EventQueue) => VirtualDirectory
}

/** What people need of the world, however many servers are in it. */
export interface Surroundings {
  readonly events: EventQueue
  readonly history: History
  readonly network: Access
}

export class World {
  readonly events: EventQueue
  readonly random: Prng
  readonly weather: Weather
  readonly system: SystemTime
  readonly history: History
  readonly disk: VirtualDisk
  readonly server: VirtualServer
  readonly network: Network
  readonly directory: VirtualDirectory | null

  constructor(seed: number, history: History, mutant: Mutant, conditions: Conditions = {}) {
    const { machine, settings, links, sealKey } = conditions
    this.random = new Prng(seed)
    this.history = history
    this.events = conditions.events ?? new EventQueue()
    this.weather = conditions.weather ?? new Weather()
    this.system = conditions.system ?? new SystemTime(this.events)
    const { events, weather, system } = this
    this.directory = conditions.directory?.(events) ?? null
    this.disk = new VirtualDisk({ events, random: this.random.fork('disk'), weather, history })
    this.server = new VirtualServer({
      events,
      random: this.random.fork('server'),
      weather,
      history,
      disk: this.disk,
      system,
      mutant,
      ...(settings && { settings }),
      ...(links && { links }),
      ...(sealKey && { sealKey }),
      ...(machine && { pressureOf: (worker: NetworkWorker) => machine.pressureOf(worker) }),
      ...(this.directory && { directory: this.directory }),
      onWorkerDied: (worker) => this.network.workerDied(worker),
    })
    const wire = {
      events,
      random: this.random.fork('network'),
      weather: weather.network,
      history,
      ...(machine && { machine }),
    }
    this.network = new Network(wire, this.server)
  }

  /** Lets the world go on until this time. Promises of the store are the only ones in it. */
  async runUntil(untilMs: number): Promise<void> {
    while (this.events.step(untilMs)) {
      if (!this.disk.settled) continue
      this.disk.settled = false
      for (let turn = 0; turn < settlingTurns; turn++) await Promise.resolve()
    }
  }
}
