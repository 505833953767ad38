/**
 * Promise P1: after a failed batch memory says what the store says, also where another batch of that user failed while
 * he was being read. Found by seed 299 of the runs in virtual time.
 */
import { expect, it } from 'vitest'
import type { BusMessage } from '../../../src/ports/bus.ts'
import { recordKey } from '../../../src/ports/records/keys.ts'
import { HeldUsers } from '../../../src/shard/held-users.ts'
import { ReadingAgain } from '../../../src/shard/reading-again.ts'
import type { Service } from '../../../src/shard/service.ts'
import { MemoryStore } from '../../../src/store/memory-store.ts'
import { aorOf } from '../../support/server-world.ts'
import { everyKind } from '../runtime/bus-messages.ts'

const alice = aorOf('alice')

/** A user of one number, in memory and in a record. */
async function readingOf(stored: number) {
  const store = new MemoryStore()
  store.commit([{ key: recordKey(alice, 'number'), value: Uint8Array.of(stored) }])
  store.flush()
  const held = new HeldUsers()
  const said: string[] = []
  const memory = { value: -1 }
  const set = (value: number) => {
    memory.value = value
  }
  const owner = {
    services: [{ forget: () => set(-1), onReloaded: () => void said.push(`is ${memory.value}`) }],
    loadRecord: (_key: string, value: Uint8Array) => set(value[0]!),
    handle: (messages: readonly BusMessage[]) => void said.push(`goes on with ${messages.length}`),
  }
  const reading = new ReadingAgain(owner as unknown as { services: Service[] } & typeof owner, store, held)
  const message = { ...everyKind['flow-died'], aor: alice } as BusMessage
  return { reading, held, memory, said, message }
}

const turns = async () => {
  for (let turn = 0; turn < 10; turn++) await null
}

it('lets what has waited go on when his records are read', async () => {
  const { reading, held, said, message } = await readingOf(1)
  reading.begin(alice)
  expect(held.park(message)).toBeNull()
  await turns()
  expect(said).toEqual(['is 1', 'goes on with 1'])
  expect(held.park(message)).toBe(message)
})

it('reads once more where another batch has failed meanwhile', async () => {
  const { reading, memory, said, message, held } = await readingOf(1)
  reading.begin(alice)
  // A timer of his has changed memory since his records were met, and its batch fails too.
  memory.value = 2
  reading.begin(alice)
  held.park(message)
  await turns()
  expect(memory.value).toBe(1)
  expect(said).toEqual(['is 2', 'is 1', 'goes on with 1'])
})
