/**
 * What Active Directory keeps in the store, over a restart: wrong passwords spent, and that none is passed on where the
 * store does not take it.
 */
import { expect, test } from 'vitest'
import { checkPassword } from '../../../src/directory/active-directory/check-password.ts'
import { judgeFound } from '../../../src/directory/active-directory/find-user.ts'
import { Catalogs } from '../../../src/directory/index.ts'
import { DirectoryRecords } from '../../../src/server/directory-records.ts'
import { MemoryDisk, MemoryStore } from '../../../src/store/index.ts'
import { FakeCatalog, FakeClock, fakePerson, fakePorts } from '../../support/fake-catalogs.ts'
import { aorOf } from '../../support/played-messages.ts'
import { entryOf } from '../directory/active-directory/entry-of.ts'

const found = judgeFound(aorOf('alice'), [
  entryOf(fakePerson('alice', { 'msRTCSIP-PrimaryUserAddress': 'sip:alice@example.test' })),
])
if (found.found !== 'user') throw new Error('no user')
const { user } = found
const wrong = 'AcceptSecurityContext error, data 52e, v4563'

/** The disk works while that is under way, and until nothing is left to do. */
async function driven<T>(disk: MemoryDisk, work: Promise<T>): Promise<T> {
  let isOver = false
  void work.finally(() => {
    isOver = true
  })
  do {
    await new Promise(setImmediate)
  } while (disk.drain() > 0 || !isOver)
  return work
}

/** A server's start over this disk. */
async function started(disk: MemoryDisk, clock: FakeClock, catalog: FakeCatalog) {
  const records = new DirectoryRecords(new MemoryStore(disk), clock)
  const ports = fakePorts(clock, [catalog])
  const server = { host: 'dc1', port: 3269, site: 'here', priority: 0 }
  const account = { name: 'svc', password: 'x' }
  const catalogs = new Catalogs(ports, { servers: [server], site: 'here', slowMs: 1000, account })
  const budget = await driven(disk, records.budget())
  const budgetKept = () => records.budgetKept()
  return (password: string) =>
    driven(
      disk,
      checkPassword({ ...ports, catalogs, budget, budgetKept }, user, {
        password,
        policy: { threshold: 5, windowMs: 60_000 },
      }),
    )
}

function rig() {
  const disk = new MemoryDisk()
  disk.autoFlush = true
  const clock = new FakeClock()
  const catalog = new FakeCatalog('dc1', clock)
  catalog.binds.set(user.dn, wrong)
  return { disk, clock, catalog, binds: () => catalog.asked.filter((what) => what.startsWith('bind')).length }
}

test('a restart gives no more wrong passwords than half of what locks, until the window has passed', async () => {
  const { disk, clock, catalog, binds } = rig()
  const first = await started(disk, clock, catalog)
  expect(await first('one')).toMatchObject({ status: 401 })
  const second = await started(disk, clock, catalog)
  expect(await second('two')).toMatchObject({ status: 401 })
  const third = await started(disk, clock, catalog)
  expect(await third('three')).toMatchObject({ status: 403, code: null })
  expect(binds()).toBe(2)
  clock.nowMs += 60_001
  expect(await third('four')).toMatchObject({ status: 401 })
})

test('a right password leaves nothing spent behind', async () => {
  const { disk, clock, catalog } = rig()
  catalog.binds.set(user.dn, null)
  const check = await started(disk, clock, catalog)
  for (let count = 0; count < 5; count++) expect(await check('right')).toEqual({ granted: true })
  catalog.binds.set(user.dn, wrong)
  expect(await (await started(disk, clock, catalog))('one')).toMatchObject({ status: 401 })
})
