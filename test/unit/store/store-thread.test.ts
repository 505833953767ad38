/**
 * The store thread over a real environment: order, one commit for all, refusals, incarnations, scans (P1, P2).
 */
import { describe, expect, test } from 'vitest'
import { lastWrittenKey, lastWrittenRecord } from '../../../src/ports/records/manifest.ts'
import type { BatchOutcome, RecordWrite, Store } from '../../../src/ports/store.ts'
import { recordKey, type StoreEvent, wholeRange } from '../../../src/store/index.ts'
import { commitAndHear, dataFolders, openDisk, recordsOf, testNowMs, threadOn } from '../../support/data-folder.ts'

const newFolder = dataFolders()
const alice = 'sip:alice@example.test'
const bob = 'sip:bob@example.test'
const put = (aor: string, part: string, text = part): RecordWrite => ({
  key: recordKey(aor, 'test', part),
  value: Buffer.from(text),
})
const users = { ...wholeRange, from: 'sip:' }

function hear(store: Store, count: number): Promise<[number, BatchOutcome][]> {
  const heard: [number, BatchOutcome][] = []
  return new Promise((resolve) => {
    store.listen({
      onBatch: (batch, outcome) => {
        heard.push([batch, outcome])
        if (heard.length === count) resolve(heard)
      },
    })
  })
}

const verdict = ([, outcome]: [number, BatchOutcome]) => (outcome.ok ? 'ok' : outcome.reason)

describe('store thread', () => {
  test('tells the outcomes of each worker in order, and what was told is on the disk (P1)', async () => {
    const folder = newFolder()
    const disk = openDisk(folder)
    const { thread, attach } = threadOn(disk)
    const workers = [attach(0, 1), attach(1, 1)]
    const heard = workers.map((store) => hear(store, 200))
    for (let n = 0; n < 200; n++) for (const [w, store] of workers.entries()) store.commit([put(alice, `${w}.${n}`)])
    const outcomes = await Promise.all(heard)
    for (const list of outcomes) {
      expect(list.map(([batch]) => batch)).toEqual(Array.from({ length: 200 }, (_, n) => n + 1))
      expect(list.every(([, outcome]) => outcome.ok)).toBe(true)
    }
    for (const store of workers) store.close()
    await thread.stop()
    const again = openDisk(folder)
    expect(again.readChunk(users, null).visitedCount).toBe(400)
    await again.close()
  })

  test('later writes of a batch win over earlier ones, and null removes', async () => {
    const { thread, attach } = threadOn(openDisk(newFolder()))
    const store = attach(0, 1)
    await commitAndHear(store, [put(alice, 'a', '1'), put(alice, 'a', '2'), put(alice, 'b')])
    await commitAndHear(store, [
      { key: recordKey(alice, 'test', 'b'), value: null },
      { key: recordKey(alice, 'test', 'never there'), value: null },
    ])
    expect(await recordsOf(store, users)).toEqual([[recordKey(alice, 'test', 'a'), '2']])
    store.close()
    await thread.stop()
  })

  test('an empty batch and an empty value are as good as any', async () => {
    const { thread, attach } = threadOn(openDisk(newFolder()))
    const store = attach(0, 1)
    expect(await commitAndHear(store, [])).toEqual({ ok: true })
    expect(await commitAndHear(store, [put(alice, 'a', '')])).toEqual({ ok: true })
    expect(await recordsOf(store, users)).toEqual([[recordKey(alice, 'test', 'a'), '']])
    store.close()
    await thread.stop()
  })

  test('refuses a stale incarnation once a newer one has begun to read, and nobody else (P2)', async () => {
    const { thread, attach } = threadOn(openDisk(newFolder()))
    const old = attach(1, 1)
    const other = attach(2, 1)
    await commitAndHear(old, [put(alice, 'in time')])
    const next = attach(1, 2)
    expect(await recordsOf(next, users)).toHaveLength(1)
    expect(await commitAndHear(old, [put(alice, 'late')])).toMatchObject({ ok: false, reason: 'stale-incarnation' })
    expect(await commitAndHear(other, [put(bob, 'x')])).toEqual({ ok: true })
    expect(await commitAndHear(next, [put(alice, 'next')])).toEqual({ ok: true })
    expect((await recordsOf(next, users)).map(([, text]) => text)).toEqual(['in time', 'next', 'x'])
    for (const store of [old, other, next]) store.close()
    await thread.stop()
  })

  test('a scan gives what was handed over before it, though not yet flushed then', async () => {
    const { thread, attach } = threadOn(openDisk(newFolder()))
    const store = attach(0, 1)
    for (let n = 0; n < 50; n++) store.commit([put(alice, String(n))])
    expect(await recordsOf(store, users)).toHaveLength(50)
    store.close()
    await thread.stop()
  })

  test('a long scan comes in chunks, in key order, each record once, only the shard’s own', async () => {
    const { thread, attach } = threadOn(openDisk(newFolder()))
    const store = attach(0, 1)
    const aors = Array.from({ length: 3000 }, (_, n) => `sip:user${n}@example.test`)
    // 3,000 × 600 bytes: many chunks more than may be on the way unconfirmed.
    for (let n = 0; n < 30; n++) {
      const part = aors.slice(n * 100, n * 100 + 100)
      await commitAndHear(
        store,
        part.map((aor) => put(aor, 'x', aor.padEnd(600))),
      )
    }
    await commitAndHear(store, [{ key: recordKey('!server', 'secret', 'x'), value: Buffer.from('s') }])
    const shards = await Promise.all(
      [0, 1, 2].map((index) => recordsOf(store, { ...wholeRange, shard: { index, count: 3 } })),
    )
    const found = shards.flatMap((shard) => shard.map(([key]) => key))
    expect(found.length).toBe(3000)
    expect(new Set(found).size).toBe(3000)
    for (const shard of shards) {
      const keys = shard.map(([key]) => key)
      expect(keys).toEqual([...keys].sort())
      expect(keys.length).toBeGreaterThan(500)
    }
    store.close()
    await thread.stop()
  })

  test('a scan whose reader throws ends with that error and harms no other', async () => {
    const { thread, attach } = threadOn(openDisk(newFolder()))
    const store = attach(0, 1)
    await commitAndHear(store, [put(alice, 'a')])
    const broken = store.scan(users, () => {
      throw new Error('reader fault')
    })
    await expect(broken).rejects.toThrow('reader fault')
    expect(await recordsOf(store, users)).toHaveLength(1)
    store.close()
    await thread.stop()
  })

  test('refuses below the reserve, tells main once, recovers without a restart (P3)', async () => {
    const events: StoreEvent[] = []
    let free = 0
    const disk = openDisk(newFolder())
    const { thread, attach } = threadOn(disk, { freeBytes: () => free, onEvent: (event) => events.push(event) })
    const store = attach(0, 1)
    expect(await commitAndHear(store, [put(alice, 'a')])).toMatchObject({ ok: false, reason: 'refused' })
    expect(await commitAndHear(store, [put(bob, 'a')])).toMatchObject({ ok: false, reason: 'refused' })
    expect(events).toMatchObject([{ event: 'store.disk-low', freeBytes: 0, neededBytes: 64 * 1024 * 1024 }])
    free = 65 * 1024 * 1024
    expect(await commitAndHear(store, [put(alice, 'b')])).toEqual({ ok: true })
    expect(events[1]).toMatchObject({ event: 'store.disk-recovered' })
    expect(await recordsOf(store, users)).toHaveLength(1)
    store.close()
    await thread.stop()
  })

  test('asks for twice the largest batch; one that was refused does not count for others (P4)', async () => {
    const freeBytes = () => 80 * 1024 * 1024
    const { thread, attach } = threadOn(openDisk(newFolder()), { freeBytes })
    const store = attach(0, 1)
    const sized = (megabytes: number) => [
      { key: recordKey(alice, 'test', 'sized'), value: Buffer.alloc(megabytes * 1024 * 1024) },
    ]
    expect(await commitAndHear(store, sized(9))).toMatchObject({ ok: false, reason: 'refused' })
    expect(await commitAndHear(store, sized(7))).toEqual({ ok: true })
    expect(await commitAndHear(store, sized(1))).toEqual({ ok: true })
    store.close()
    await thread.stop()
  })

  test('a batch that rests on a refused one is refused with it, those of other users go on (P1)', async () => {
    const freeBytes = () => 80 * 1024 * 1024
    const { thread, attach } = threadOn(openDisk(newFolder()), { freeBytes })
    const store = attach(0, 1)
    const heard = hear(store, 3)
    store.commit([{ key: recordKey(alice, 'test', 'huge'), value: Buffer.alloc(9 * 1024 * 1024) }])
    store.commit([put(alice, 'behind it')])
    store.commit([put(bob, 'x')])
    const outcomes = await heard
    expect(outcomes.map(verdict)).toEqual(['refused', 'refused', 'ok'])
    expect(outcomes[1]![1]).toMatchObject({ detail: 'rests on batch 1, which was not written' })
    expect(await commitAndHear(store, [put(alice, 'after it was heard')])).toEqual({ ok: true })
    store.close()
    await thread.stop()
  })

  test('notes when it was last written, by the writers’ clock, at most once a second', async () => {
    const disk = openDisk(newFolder())
    const { thread, attach } = threadOn(disk)
    const store = attach(0, 1)
    const noted = () => {
      const decoded = lastWrittenRecord.decode(disk.get(lastWrittenKey) ?? Buffer.alloc(0))
      return decoded.ok ? decoded.value.atMs : null
    }
    expect(noted()).toBe(null)
    await commitAndHear(store, [put(alice, 'a')])
    expect(noted()).toBe(testNowMs)
    store.close()
    await thread.stop()
  })

  test('a reader whose store thread is gone hears it', async () => {
    const { thread, attach } = threadOn(openDisk(newFolder()))
    const store = attach(0, 1)
    const scan = store.scan(users, () => undefined)
    store.close()
    await expect(scan).rejects.toThrow('the store thread is gone')
    await thread.stop()
  })
})
