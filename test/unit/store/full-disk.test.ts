/**
 * A disk that is really full: a small tmpfs (needs root; elsewhere skipped with a message).
 */
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  backup,
  DirectStore,
  examineEnvironment,
  ignoreFailedCommits,
  recordKey,
  restore,
  type StoreEvent,
  wholeRange,
} from '../../../src/store/index.ts'
import {
  commitAndHear,
  dataFolders,
  directStoreOptions,
  openDirectStore,
  openDisk,
  recordsOf,
  testNowMs,
  threadOn,
} from '../../support/data-folder.ts'
import { mountTmpfs } from '../../support/tmpfs.ts'

const newFolder = dataFolders()
const small = mountTmpfs(8)
const middle = small === null ? null : mountTmpfs(80)
const alice = 'sip:alice@example.test'
const put = (part: string, bytes: number) => ({ key: recordKey(alice, 'test', part), value: Buffer.alloc(bytes, 1) })
const users = { ...wholeRange, from: 'sip:' }

describe.skipIf(small === null || middle === null)('full disk', () => {
  beforeAll(() => {
    process.on('unhandledRejection', ignoreFailedCommits)
  })
  afterAll(() => {
    process.off('unhandledRejection', ignoreFailedCommits)
  })

  test('LMDB never meets it: writes are refused before, reads go on, space is all it takes (P3)', async () => {
    const folder = join(middle!, 'data')
    const opened = await DirectStore.open(directStoreOptions(folder))
    if (!opened.ok) throw new Error(opened.fault.message)
    const store = opened.value
    expect(await store.commitFlushed([put('a', 1000)])).toEqual({ ok: true })
    const filler = join(middle!, 'filler')
    writeFileSync(filler, Buffer.alloc(20 * 1024 * 1024))
    expect(await store.commitFlushed([put('b', 1000)])).toMatchObject({ ok: false, reason: 'refused' })
    expect(await recordsOf(store, users)).toHaveLength(1)
    rmSync(filler)
    expect(await store.commitFlushed([put('c', 1000)])).toEqual({ ok: true })
    await store.close()
  })

  test('a commit that fails nevertheless is told, nothing is written after it (P1, P3)', async () => {
    const events: StoreEvent[] = []
    const folder = join(small!, 'store')
    const disk = openDisk(folder)
    const { thread, attach } = threadOn(disk, { onEvent: (event) => events.push(event) })
    const store = attach(0, 1)
    expect(await commitAndHear(store, [put('kept', 100_000)])).toEqual({ ok: true })
    const [half, huge] = [put('half', 10), put('huge', 10_000_000)]
    expect(await commitAndHear(store, [half, huge])).toMatchObject({ ok: false, reason: 'failed' })
    expect(await commitAndHear(store, [put('after', 10)])).toMatchObject({ ok: false, reason: 'failed' })
    expect(events).toMatchObject([{ event: 'store.degraded' }])
    const keys = (await recordsOf(store, users)).map(([key]) => key)
    expect(keys).toEqual([recordKey(alice, 'test', 'kept')])
    store.close()
    await thread.stop()
    // As the next start would find it, in another process: the one batch and the note of when it was written.
    expect(await examineEnvironment(folder, 'store')).toMatchObject({ ok: true, recordsCount: 2 })
  })

  test('a backup into it is refused with both sizes, and leaves nothing', async () => {
    const dataFolder = newFolder()
    const store = await openDirectStore(dataFolder)
    const target = join(small!, 'backups', 'copy')
    const result = await backup(store.disk, target, testNowMs)
    expect(result.ok ? '' : result.reason).toMatch(/copy: \d+ bytes free, the copy needs \d+/)
    await store.close()
    expect(existsSync(target)).toBe(false)
    expect(existsSync(`${target}.partial`)).toBe(false)
  })

  test('a backup that runs into it on the way leaves no half copy', async () => {
    const dataFolder = newFolder()
    const disk = openDisk(join(dataFolder, 'store'))
    await disk.write([{ key: Buffer.from('sip:a\0test'), value: Buffer.alloc(12 * 1024 * 1024) }]).flushed
    // As if the space had gone between the look and the copy.
    Object.defineProperty(disk, 'fileBytes', { get: () => -Number.MAX_SAFE_INTEGER })
    const target = join(small!, 'backups', 'copy')
    const result = await backup(disk, target, testNowMs)
    expect(result.ok ? '' : result.reason).toMatch(/copy: .+/)
    expect(readdirSync(join(small!, 'backups'))).toEqual([])
    await disk.close()
  })

  test('a restore into it is refused and changes nothing', async () => {
    const store = await openDirectStore(newFolder())
    const copy = join(newFolder(), 'copy')
    await backup(store.disk, copy, testNowMs)
    await store.close()
    const target = join(small!, 'restored')
    const result = await restore(copy, target, { verify: true, nowMs: testNowMs })
    expect(result.ok ? '' : result.reason).toMatch(/bytes free, the restore needs/)
    expect(existsSync(join(target, 'store'))).toBe(false)
  })
})
