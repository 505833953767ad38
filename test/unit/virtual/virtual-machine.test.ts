/**
 * The machine under a virtual server: its busiest second is of the measured window (CAPACITY B.5, serial check), work
 * waits for its turn and is the pressure by which a worker refuses, and a refusal is cheap.
 */
/**
 * The machine under a virtual server: its busiest second is of the measured window (CAPACITY B.5, serial check).
 */
import { describe, expect, it, test } from 'vitest'
import { readCostModel } from '../../../sim/cost/cost-model.ts'
import { VirtualMachine } from '../../../sim/virtual/virtual-machine.ts'
import { EventQueue } from '../../../sim/world/event-queue.ts'
import type { NetworkWorker } from '../../../sim/world/link.ts'

const speed = { processors: 2, userFactor: 32, systemFactor: 6 }
const register = Buffer.from('REGISTER sip:example.test SIP/2.0\r\n')
const refusal = Buffer.from('SIP/2.0 503 Server Is Busy\r\nRetry-After: 3\r\n')
const answer = Buffer.from('SIP/2.0 200 OK\r\nContact: <sip:alice@example>\r\n')

function made() {
  const events = new EventQueue(0.001)
  const machine = new VirtualMachine(events, readCostModel(), speed)
  const worker = {} as NetworkWorker
  return { events, machine, worker, pressure: machine.pressureOf(worker) }
}

function runUntil(events: EventQueue, ms: number): void {
  while (events.step(ms));
}

test('the busiest second does not count what was before the window', () => {
  const { events, machine, worker } = made()
  const signsIn = () => machine.received(worker, register, () => {})
  for (let signIn = 0; signIn < 40; signIn++) signsIn()
  runUntil(events, 5_000)
  const signingIn = machine.busiestSecond
  expect(signingIn).toBeGreaterThan(0.5)
  machine.beginWindow()
  expect(machine.busiestSecond).toBe(0)
  signsIn()
  expect(machine.busiestSecond).toBeGreaterThan(0)
  expect(machine.busiestSecond).toBeLessThan(signingIn / 10)
})

describe('a worker that has more to do than it can', () => {
  it('takes one message after the other, and its pressure is what a further one would wait', () => {
    const { events, machine, worker, pressure } = made()
    const takenMs: number[] = []
    for (let each = 0; each < 4; each++) machine.received(worker, register, () => takenMs.push(events.nowMs))
    const waitMs = pressure.delayMs()
    expect(machine.backlogMs).toBe(waitMs)
    machine.received(worker, register, () => takenMs.push(events.nowMs))
    runUntil(events, 60_000)
    expect(takenMs).toHaveLength(5)
    expect(takenMs[0]).toBe(0)
    expect(takenMs[4]).toBeCloseTo(waitMs, 1)
    expect(pressure.delayMs()).toBe(0)
  })

  it('is done with a request that it refuses long before one that it serves', () => {
    const took = (said: Buffer): number => {
      const { machine, worker } = made()
      let leavesMs = 0
      machine.received(worker, register, () => {
        leavesMs = machine.sent(worker, said)
      })
      expect(machine.byKindMs.get('REGISTER')).toBeCloseTo(leavesMs, 3)
      return leavesMs
    }
    expect(took(refusal)).toBeGreaterThan(0)
    expect(took(refusal)).toBeLessThan(took(answer) / 4)
  })

  it('reads the end of a stream after what came before it', () => {
    const { events, machine, worker } = made()
    const order: string[] = []
    machine.received(worker, register, () => order.push('first'))
    machine.received(worker, register, () => order.push('second'))
    machine.inTurn(worker, () => order.push('end'))
    expect(order).toEqual(['first'])
    runUntil(events, 60_000)
    expect(order).toEqual(['first', 'second', 'end'])
  })

  it('shows how much of its time it was at work', () => {
    const { events, machine, worker, pressure } = made()
    for (let ms = 0; ms < 4_000; ms += 10) events.after(ms, () => machine.received(worker, register, () => {}))
    runUntil(events, 4_000)
    expect(pressure.busyShare()).toBeGreaterThan(0.9)
  })
})
