/**
 * P4: an account that is removed leaves no record: not those that were passed over because nobody can read them, nor
 * those of devices that were not seen for long.
 */
import { describe, expect, it } from 'vitest'
import { bindingKey } from '../../src/ports/records/binding.ts'
import { deviceStoreKey } from '../../src/ports/records/device.ts'
import { keyOwner } from '../../src/ports/records/keys.ts'
import { mailboxMessageKey } from '../../src/ports/records/mailbox-message.ts'
import { queueEntryKey } from '../../src/ports/records/queue-entry.ts'
import { setAsideKey } from '../../src/ports/records/set-aside.ts'
import { aorOf, ServerWorld } from '../support/server-world.ts'
import { WireClient } from '../support/wire-client.ts'

const bobAor = aorOf('bob')

describe.each([1, 3])('P4 removed accounts at %i workers', (workers) => {
  it('leave nothing behind, read or not', async () => {
    const first = await ServerWorld.start({ workers })
    const alice = new WireClient(first, 'alice')
    const bob = new WireClient(first, 'bob')
    bob.register()
    bob.close()
    expect(alice.message('bob', 'kept').statusCode).toBe(202)
    const unreadable = Uint8Array.of(255, 1, 2, 3)
    const keys = [
      bindingKey(bobAor, 'spoilt'),
      deviceStoreKey(bobAor, 'spoilt'),
      mailboxMessageKey(bobAor, 1),
      queueEntryKey(bobAor, 'spoilt', 1),
      setAsideKey(bobAor, 'spoilt', 1),
    ]
    first.disk.attach(workers, 1).commit(keys.map((key) => ({ key, value: unreadable })))
    first.settle()
    const second = await first.restart()
    expect(second.logged('store.unreadable-record')).toBe(5)
    const ofBob = () => [...second.disk.durable.keys()].filter((key) => keyOwner(key) === bobAor)
    expect(ofBob().length).toBeGreaterThan(5)
    expect(second.admin('bob', { act: 'remove' }).ok).toBe(true)
    expect(ofBob()).toEqual([])
  })
})
