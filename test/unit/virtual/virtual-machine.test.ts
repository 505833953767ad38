/**
 * The machine under a virtual server: its busiest second is of the measured window (CAPACITY B.5, serial check).
 */
import { expect, test } from 'vitest'
import { readCostModel } from '../../../sim/cost/cost-model.ts'
import { VirtualMachine } from '../../../sim/virtual/virtual-machine.ts'
import { EventQueue } from '../../../sim/world/event-queue.ts'
import type { NetworkWorker } from '../../../sim/world/link.ts'

test('the busiest second does not count what was before the window', () => {
  const speed = { processors: 2, userFactor: 32, systemFactor: 6 }
  const machine = new VirtualMachine(new EventQueue(), readCostModel(), speed)
  const worker = {} as NetworkWorker
  const register = Buffer.from('REGISTER sip:example.test SIP/2.0\r\n')
  for (let signIn = 0; signIn < 100; signIn++) machine.received(worker, register)
  const signingIn = machine.busiestSecond
  expect(signingIn).toBeGreaterThan(0)
  machine.beginWindow()
  expect(machine.busiestSecond).toBe(0)
  machine.received(worker, register)
  expect(machine.busiestSecond).toBeCloseTo(signingIn / 100, 6)
})
