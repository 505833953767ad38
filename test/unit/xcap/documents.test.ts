/**
 * Documents at a shard: who lives by them is told and waited for (D: a change is acknowledged when it holds), what the
 * store refuses was never so, and a user takes them along when removed.
 */
import { describe, expect, test } from 'vitest'
import { documentKey } from '../../../src/ports/records/document.ts'
import { quarantineKey, quarantineRecord } from '../../../src/ports/records/quarantine.ts'
import type { Unit } from '../../../src/shard/index.ts'
import type { DocumentChange, UserDocuments } from '../../../src/xcap/index.ts'
import { aorOf, ServerWorld } from '../../support/server-world.ts'
import { XcapClient } from '../../support/xcap-client.ts'
import { friends, lists, types } from '../../support/xcap-documents.ts'

const alice = aorOf('alice')

async function start(workers = 1) {
  const world = await ServerWorld.start({ workers })
  const client = new XcapClient(world, 'alice')
  const path = client.path('resource-lists')
  // Takes up a challenge, so that the next request is one exchange.
  client.get(path)
  const put = (body: string) => {
    const headers = { Authorization: client.credentials('PUT', path) }
    return client.begin('PUT', path, { type: types.lists, body, headers })
  }
  const documents = ownerOf(world)
  return { world, client, path, put, documents }
}

function ownerOf(world: ServerWorld): UserDocuments {
  const core = world.cores.find(({ shard }) => shard.shardOf(alice) === shard.worker)
  return core!.services.documents
}

async function readAgain(world: ServerWorld): Promise<void> {
  for (let turn = 0; turn < 3; turn++) {
    world.settle()
    await null
  }
  world.settle()
}

describe('listeners', () => {
  test('they see the new document, and the answer waits for each of them', async () => {
    const { world, put, documents } = await start()
    const waiting: ((unit: Unit, isFollowed: boolean) => void)[] = []
    const seen: (string | undefined)[] = []
    for (let count = 0; count < 2; count++) {
      documents.listen('resource-lists', (_unit, aor, done) => {
        seen.push(documents.find(aor, 'resource-lists', 'index')?.root.local)
        waiting.push(done)
      })
    }
    const answers = put(friends)
    world.settle()
    expect([seen, answers]).toEqual([['resource-lists', 'resource-lists'], []])
    const finish = (done: (unit: Unit, isFollowed: boolean) => void) => {
      world.cores[0]!.shard.run({ who: '', what: 'test', hash: '' }, (unit) => done(unit, true))
      world.settle()
    }
    finish(waiting[0]!)
    // Once is once, however often one says so.
    finish(waiting[0]!)
    expect(answers).toEqual([])
    finish(waiting[1]!)
    expect(answers.map(({ status }) => status)).toEqual([201])
  })

  test('others’ listeners are left in peace; the same again asks whether all follow, reading does not', async () => {
    const { client, path, documents } = await start()
    const told: string[] = []
    documents.listen('pres-rules', (unit, _aor, done) => {
      told.push('rules')
      done(unit, true)
    })
    documents.listen('resource-lists', (unit, _aor, done) => {
      told.push('lists')
      done(unit, true)
    })
    client.put(path, types.lists, friends)
    client.put(path, types.lists, friends)
    client.get(path)
    expect(told).toEqual(['lists', 'lists'])
    client.delete(path)
    expect(told).toEqual(['lists', 'lists', 'lists'])
  })

  test('a watcher is told both entity tags of every change (RFC 5874)', async () => {
    const { client, path, documents } = await start()
    const changes: DocumentChange[] = []
    documents.onChange((_unit, change) => changes.push(change))
    const { etag } = client.put(path, types.lists, friends)
    const later = client.put(path, types.lists, lists('')).etag
    client.delete(path)
    const common = { aor: alice, auid: 'resource-lists', name: 'index' }
    expect(changes).toEqual([
      { ...common, oldEtag: null, newEtag: etag },
      { ...common, oldEtag: etag, newEtag: later },
      { ...common, oldEtag: later, newEtag: null },
    ])
  })
})

describe.each([1, 3])('P1: what the store refuses, with %i workers', (workers) => {
  test('a PUT is answered 503, the old document holds, and listeners look again', async () => {
    const { world, client, path, put, documents } = await start(workers)
    client.put(path, types.lists, friends)
    const seen: (number | undefined)[] = []
    documents.listen('resource-lists', (unit, aor, done) => {
      seen.push(documents.find(aor, 'resource-lists', 'index')?.bytes.length)
      done(unit, true)
    })
    world.disk.failNext('refused')
    const answers = put(lists(''))
    await readAgain(world)
    expect(answers.map(({ status, header }) => [status, header('Retry-After')])).toEqual([[503, '10']])
    expect(client.get(path).body).toBe(friends)
    expect(seen).toEqual([lists('').length, Buffer.byteLength(friends)])
    const again = new XcapClient(await world.restart(), 'alice')
    expect(again.get(path).body).toBe(friends)
  })

  test('a listener that is slower than the failing store gets no success through', async () => {
    const { world, client, path, put, documents } = await start(workers)
    const waiting: ((unit: Unit, isFollowed: boolean) => void)[] = []
    documents.listen('resource-lists', (_unit, _aor, done) => void waiting.push(done))
    world.disk.failNext('failed')
    const answers = put(friends)
    await readAgain(world)
    const { shard } = world.cores.find((core) => core.services.documents === documents)!
    shard.run({ who: '', what: 'test', hash: '' }, (unit) => waiting[0]!(unit, true))
    world.settle()
    expect(answers.map(({ status }) => status)).toEqual([503])
    expect(client.get(path).status).toBe(404)
  })
})

describe('a document that cannot be read', () => {
  test('is known as damaged until it is written anew, also after the next restart', async () => {
    const { world, client, path } = await start(3)
    client.put(path, types.lists, friends)
    const key = documentKey(alice, 'resource-lists', 'index')
    // As the store does at start (`src/store/quarantine.ts`).
    const disk = world.disk.crash()
    const lost = quarantineRecord.encode({ key, reason: 'checksum', atMs: 0, bytes: Buffer.from('?') })
    disk.attach(9, 1).commit([
      { key, value: null },
      { key: quarantineKey(key), value: lost },
    ])
    disk.flush()
    const damaged = await ServerWorld.start({ workers: 3, users: [], disk })
    const isDamaged = (of: ServerWorld) => ownerOf(of).isDamaged(alice, 'resource-lists', 'index')
    expect([isDamaged(damaged), ownerOf(damaged).isDamaged(alice, 'pres-rules', 'index')]).toEqual([true, false])
    expect(new XcapClient(damaged, 'alice').get(path).status).toBe(404)
    expect(new XcapClient(damaged, 'alice').put(path, types.lists, friends).status).toBe(201)
    expect(isDamaged(damaged)).toBe(false)
    const repaired = await damaged.restart()
    new XcapClient(repaired, 'alice').delete(path)
    expect(isDamaged(repaired)).toBe(false)
  })
})

describe('users', () => {
  test('documents go with their user, and do not come back with the name', async () => {
    const { world, client, path } = await start(3)
    client.put(path, types.lists, friends)
    const keys = () => [...world.disk.durable.keys()].filter((key) => key.includes('\0document\0'))
    expect(keys()).toHaveLength(1)
    world.admin('alice', { act: 'remove' })
    expect(keys()).toEqual([])
    world.addUser('alice')
    expect(new XcapClient(world, 'alice').get(path).status).toBe(404)
  })

  test('a worker that starts anew reads them again', async () => {
    const { world, client, path } = await start(3)
    const { etag } = client.put(path, types.lists, friends)
    for (const worker of [0, 1, 2]) await world.restartWorker(worker)
    expect(client.get(path)).toMatchObject({ status: 200, etag })
  })

  test('a request under way when the worker dies is answered at once', async () => {
    const { world, client, path } = await start(3)
    const { worker } = world.cores.find(({ shard }) => shard.shardOf(alice) === shard.worker)!.shard
    const other = new XcapClient(world, 'alice', { worker: (worker + 1) % 3 })
    other.takeNonce(other.exchange('GET', path))
    world.loses = ({ kind }) => kind === 'xcap'
    const answers = other.begin('GET', path, { headers: { Authorization: other.credentials('GET', path) } })
    world.settle()
    expect(answers).toEqual([])
    world.killWorker(worker)
    expect(answers.map(({ status }) => status)).toEqual([503])
    expect(client.name).toBe('alice')
  })
})
