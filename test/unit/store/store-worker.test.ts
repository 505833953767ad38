/**
 * The store as a thread of its own, with its real entry: open, serve, stop; or say why not.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { describe, expect, test } from 'vitest'
import {
  RemoteStore,
  recordKey,
  type StoreEvent,
  StoreWorker,
  storeFolder,
  wholeRange,
} from '../../../src/store/index.ts'
import { commitAndHear, dataFolders, openDirectStore, openDisk, recordsOf } from '../../support/data-folder.ts'

const newFolder = dataFolders()
const key = recordKey('sip:alice@example.test', 'test', 'a')
const users = { ...wholeRange, from: 'sip:' }

function startThread(dataFolder: string, quarantined: string[] = []) {
  const create = { serverId: 's', realm: 'example.test', createdBy: 'test' }
  const thread = new Worker(new URL('../../../workers/store.ts', import.meta.url), {
    workerData: { dataFolder, create },
  })
  return new StoreWorker(thread, { onEvent: () => undefined, onQuarantined: (found) => quarantined.push(found) })
}

describe('store worker', () => {
  test('serves, and stops with all that was handed over on the disk (P1)', { timeout: 30_000 }, async () => {
    const dataFolder = newFolder()
    const store = startThread(dataFolder)
    const opened = await store.opened()
    expect(opened).toMatchObject({ ok: true, value: { manifest: { realm: 'example.test' }, lastWrittenMs: 0 } })
    const remote = new RemoteStore(store.attach(0, 1), { wallMs: () => 1_800_000_000_000.5 })
    expect(await commitAndHear(remote, [{ key, value: Buffer.from('x') }])).toEqual({ ok: true })
    expect(await recordsOf(remote, users)).toEqual([[key, 'x']])
    await store.stop()
    const again = await openDirectStore(dataFolder)
    expect(again.opened.lastWrittenMs).toBe(1_800_000_000_000)
    await again.close()
  })

  test('main hears when the thread dies', { timeout: 30_000 }, async () => {
    const create = { serverId: 's', realm: 'example.test', createdBy: 'test' }
    const workerData = { dataFolder: newFolder(), create }
    const thread = new Worker(new URL('../../../workers/store.ts', import.meta.url), { workerData })
    const died = Promise.withResolvers<StoreEvent>()
    const store = new StoreWorker(thread, { onEvent: died.resolve, onQuarantined: () => undefined })
    expect((await store.opened()).ok).toBe(true)
    const [remote, left] = [new RemoteStore(store.attach(0, 1)), new RemoteStore(store.attach(1, 1))]
    const heard: string[] = []
    left.listen({ onBatch: () => heard.push('left') })
    const handedOver = commitAndHear(remote, [{ key, value: Buffer.from('x') }])
    left.commit([{ key, value: Buffer.from('x') }])
    left.close()
    await thread.terminate()
    expect(await died.promise).toMatchObject({ event: 'store.thread-died' })
    const unknown = { ok: false, reason: 'failed', detail: 'the store thread is gone' }
    expect([unknown, { ok: true }]).toContainEqual(await handedOver)
    expect(await commitAndHear(remote, [{ key, value: null }])).toEqual(unknown)
    expect([remote.pendingCount, heard]).toEqual([0, []])
    await expect(remote.scan(users, () => undefined)).rejects.toThrow('the store thread is gone')
  })

  test('a store that cannot be used is a fault, not a crash', { timeout: 30_000 }, async () => {
    const dataFolder = newFolder()
    await (await openDirectStore(dataFolder)).close()
    writeFileSync(join(storeFolder(dataFolder), 'data.mdb'), 'damaged')
    const opened = await startThread(dataFolder).opened()
    expect(opened).toMatchObject({ ok: false, fault: { event: 'store.damaged' } })
  })

  test('names what it set aside at start', { timeout: 30_000 }, async () => {
    const dataFolder = newFolder()
    await (await openDirectStore(dataFolder)).close()
    const disk = openDisk(storeFolder(dataFolder))
    await disk.write([{ key: Buffer.from(key), value: Buffer.from('unreadable') }]).flushed
    await disk.close()
    const quarantined: string[] = []
    const store = startThread(dataFolder, quarantined)
    expect(await store.opened()).toMatchObject({ ok: true, value: { quarantinedCount: 1 } })
    expect(quarantined).toEqual([key])
    await store.stop()
  })
})
