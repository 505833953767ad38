/**
 * What waits for a batch (promise P1): it leaves when the batch has ended, and then nothing of it is remembered.
 */
import { expect, test } from 'vitest'
import type { BusMessage } from '../../../src/ports/bus.ts'
import { FlushGate } from '../../../src/shard/flush-gate.ts'
import { Unit } from '../../../src/shard/unit.ts'
import type { Aor } from '../../../src/sip/uri/aor.ts'

const alice = 'sip:alice@example.test' as Aor
const bob = 'sip:bob@example.test' as Aor

function message(number: number): BusMessage {
  const to = { worker: 0, incarnation: 1, half: 'shard', number } as const
  return { kind: 'barrier-passed', to, worker: 0 }
}

function gate() {
  const sent: number[] = []
  const made = new FlushGate((_, each) => sent.push(each.kind === 'barrier-passed' ? each.to.number : -1))
  const pass = (aor: Aor, number: number, writes: boolean) => {
    const unit = new Unit(0)
    if (writes) unit.write(aor, `${aor}\0x`, null)
    unit.touch(aor)
    unit.sendFlushed(0, message(number), message(-number))
    made.pass(unit)
  }
  return { made, sent, pass }
}

test('what rests on a user leaves with the last batch that touched them', () => {
  const { made, sent, pass } = gate()
  pass(alice, 1, true)
  made.handedOver(1)
  pass(alice, 2, false)
  pass(bob, 3, false)
  expect(sent).toEqual([3])
  pass(alice, 4, true)
  made.handedOver(2)
  made.flushed(1, new Set([alice]))
  pass(alice, 5, false)
  expect(sent).toEqual([3, 1, 2])
  made.failed(2, new Set([alice]))
  expect(sent).toEqual([3, 1, 2, -4, -5])
})

test('no user is remembered beyond the last of their batches', () => {
  const { made, pass } = gate()
  for (let batch = 1; batch <= 1000; batch++) {
    const aor = `sip:user${batch}@example.test` as Aor
    pass(aor, batch, true)
    pass(alice, batch, true)
    made.handedOver(batch)
    if (batch > 1) made.flushed(batch - 1, new Set([`sip:user${batch - 1}@example.test` as Aor, alice]))
  }
  expect(made.usersCount).toBe(2)
  made.flushed(1000, new Set(['sip:user1000@example.test' as Aor, alice]))
  expect(made.usersCount).toBe(0)
})
