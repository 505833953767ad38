/**
 * Ends of a bus over real MessageChannels, for the tests of this folder; all are closed with the test.
 */
import { MessageChannel } from 'node:worker_threads'
import { afterEach } from 'vitest'
import type { BusMessage } from '../../../src/ports/bus.ts'
import { type BusOwner, PortBus } from '../../../src/runtime/index.ts'

class Owner implements BusOwner {
  readonly got: BusMessage[] = []
  wakes = 0

  onBusMessage(message: BusMessage): void {
    this.got.push(message)
  }

  onBusWork(): void {
    this.wakes++
  }
}

export interface End {
  readonly bus: PortBus
  readonly owner: Owner
}

const ends: End[] = []
afterEach(() => {
  for (const { bus } of ends.splice(0)) bus.close()
})

export function makeEnd(worker: number, incarnation = 1): End {
  const owner = new Owner()
  const end = { bus: new PortBus({ worker, incarnation, workersCount: 2 }, owner), owner }
  ends.push(end)
  return end
}

export function join(a: End, b: End): void {
  const { port1, port2 } = new MessageChannel()
  a.bus.connect(b.bus.worker, b.bus.incarnation, port1)
  b.bus.connect(a.bus.worker, a.bus.incarnation, port2)
}

/** Turns of the event loop, in which ports deliver, until this holds. */
export async function until(holds: () => boolean): Promise<void> {
  for (let turn = 0; turn < 2_000; turn++) {
    if (holds()) return
    await new Promise((resolve) => setImmediate(resolve))
  }
  throw new Error('did not come about')
}

/** A while in which nothing should happen. */
export async function someTurns(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve))
}
