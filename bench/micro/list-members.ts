/**
 * What does a contact on a subscribed list hold, both ends of its watch together? Expected on paper: a number and the
 * end of a name 8 bytes, the name 15, three table entries of 5 bytes with room to grow 19, a list and three tables of
 * their own some 30 bytes a contact at 50 contacts: 75; bound 100.
 *
 *     node --expose-gc bench/micro/list-members.ts      5,000 lists of 50 contacts
 */
import { ListMembers, resolve } from '../../src/presence/lists/list-members.ts'
import { Names } from '../../src/presence/watching/names.ts'
import { NumberTable } from '../../src/presence/watching/number-table.ts'
import type { Aor } from '../../src/sip/uri/aor.ts'

const domain = 'example.test'

/** Everybody watches `contacts` others by one list. Bytes per contact; counts without garbage collection are wrong. */
export function measureLists(users: number, contacts: number): { readonly bytesPerContact: number; digest: number } {
  const names = new Names()
  for (let user = 0; user < users; user++) names.retain(`sip:user${user}@${domain}` as Aor)
  // Of each presentity: watchers at its shard, watchers and subscriptions at theirs.
  const tables = Array.from({ length: users * 3 }, () => new NumberTable())
  const lists: ListMembers[] = []
  const before = heldBytes()
  for (let user = 0; user < users; user++) {
    const others = Array.from({ length: contacts }, (_, contact) => (user * 7 + contact * 13 + 1) % users)
    const wanted = others.map((other) => {
      return { uri: `sip:user${other}@${domain}`, displayName: `Somebody ${other}` }
    })
    lists.push(new ListMembers(names, wanted, resolve(wanted, [domain], null)))
    for (const other of others) for (let end = 0; end < 3; end++) tables[other * 3 + end]!.set(user, 1)
  }
  const bytesPerContact = (heldBytes() - before) / users / contacts
  const watchesCount = tables.reduce((sum, { count }) => sum + count, 0)
  return { bytesPerContact, digest: watchesCount + lists.reduce((sum, list) => sum + list.presentities().size, 0) }
}

function heldBytes(): number {
  globalThis.gc?.()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

if (import.meta.main) {
  if (!globalThis.gc) throw new Error('start it with --expose-gc')
  measureLists(500, 50)
  console.log(`${measureLists(5_000, 50).bytesPerContact.toFixed(1)} bytes a contact`)
}
