/**
 * The memory store's explicit control: what is durable, what is told and what a crash leaves (promise P1).
 */
import { describe, expect, test } from 'vitest'
import type { BatchOutcome, Store } from '../../../src/ports/store.ts'
import { MemoryDisk, MemoryStore, recordKey, userRange, wholeRange } from '../../../src/store/index.ts'

const alice = 'sip:alice@example.test'
const key = (n: number) => recordKey(alice, 'test', String(n))
const put = (n: number, text: string) => ({ key: key(n), value: Buffer.from(text) })

function listenTo(store: Store): [number, BatchOutcome][] {
  const heard: [number, BatchOutcome][] = []
  store.listen({ onBatch: (batch, outcome) => heard.push([batch, outcome]) })
  return heard
}

async function textsOf(store: Store, range = wholeRange): Promise<string[]> {
  const texts: string[] = []
  await store.scan(range, (_key, value) => texts.push(Buffer.from(value).toString()))
  return texts
}

describe('MemoryStore', () => {
  test('tells nothing before the flush, then in order (P1)', () => {
    const store = new MemoryStore()
    const heard = listenTo(store)
    expect([store.commit([put(1, 'a')]), store.commit([put(2, 'b')])]).toEqual([1, 2])
    expect(heard).toEqual([])
    store.flush(1)
    expect(heard).toEqual([[1, { ok: true }]])
    store.flush()
    expect(heard.map(([batch]) => batch)).toEqual([1, 2])
  })

  test('a crash forgets exactly what was not flushed (P1)', async () => {
    const store = new MemoryStore()
    const heard = listenTo(store)
    store.commit([put(1, 'kept')])
    store.commit([put(2, 'lost'), put(3, 'lost')])
    store.flush(1)
    const restarted = store.crash()
    expect(await textsOf(restarted)).toEqual(['kept'])
    store.flush()
    expect(heard).toHaveLength(1)
  })

  test('refuses what rests on a batch that was not written, until its user was read again (P1)', async () => {
    const store = new MemoryStore()
    const heard = listenTo(store)
    const bob = { key: recordKey('sip:bob@example.test', 'test'), value: Buffer.from('bob') }
    store.failNext('refused')
    store.commit([put(1, 'a')])
    store.commit([put(2, 'b')])
    store.commit([bob])
    store.flush()
    store.commit([put(3, 'c')])
    store.flush()
    expect(heard.map(([, outcome]) => (outcome.ok ? 'ok' : outcome.detail))).toEqual([
      'as the test asked',
      'rests on batch 1, which was not written',
      'ok',
      'ok',
    ])
    expect(await textsOf(store)).toEqual(['c', 'bob'])
  })

  test('a batch that fails leaves nothing in part', async () => {
    const store = new MemoryStore()
    const heard = listenTo(store)
    store.failNext('refused', 'disk nearly full')
    store.commit([put(1, 'a'), put(2, 'b')])
    store.flush()
    store.commit([put(3, 'c')])
    store.flush()
    expect(heard).toEqual([
      [1, { ok: false, reason: 'refused', detail: 'disk nearly full' }],
      [2, { ok: true }],
    ])
    expect(await textsOf(store)).toEqual(['c'])
  })

  test('autoFlush settles at drain and not before', () => {
    const store = new MemoryStore()
    const heard = listenTo(store)
    expect(store.drain()).toBe(0)
    store.autoFlush = true
    store.commit([put(1, 'a')])
    expect(heard).toEqual([])
    expect(store.drain()).toBe(1)
    expect(heard).toHaveLength(1)
  })

  test('a scan waits for what was handed over before it', async () => {
    const store = new MemoryStore()
    store.commit([put(1, 'a')])
    const texts = textsOf(store)
    store.flush()
    expect(await texts).toEqual(['a'])
  })

  test('refuses a stale incarnation once a newer one has begun to read (P2)', async () => {
    const disk = new MemoryDisk()
    const old = disk.attach(1, 1)
    const other = disk.attach(2, 1)
    const heard = [listenTo(old), listenTo(other)]
    const next = disk.attach(1, 2)
    old.commit([put(1, 'in time')])
    disk.flush()
    const scan = textsOf(next)
    old.commit([put(1, 'too late')])
    other.commit([put(2, 'another worker')])
    disk.flush()
    expect(await scan).toEqual(['in time'])
    expect(heard[0]!.map(([, outcome]) => outcome.ok || outcome.reason)).toEqual([true, 'stale-incarnation'])
    expect(heard[1]).toEqual([[1, { ok: true }]])
  })

  test('keeps its own copy of what it was given', async () => {
    const store = new MemoryStore()
    const value = Buffer.from('abc')
    store.commit([{ key: key(1), value }])
    value.fill(0)
    store.flush()
    expect(await textsOf(store)).toEqual(['abc'])
  })

  test('orders keys by their UTF-8 bytes, and a range ends before its end', async () => {
    const store = new MemoryStore()
    // U+FF5E sorts before U+1F600 as bytes, and behind it as UTF-16.
    store.commit(['\u{1f600}', '\uff5e', 'a'].map((text) => ({ key: `sip:${text}\0x`, value: Buffer.from(text) })))
    store.flush()
    expect(await textsOf(store)).toEqual(['a', '\uff5e', '\u{1f600}'])
    expect(await textsOf(store, userRange('sip:a'))).toEqual(['a'])
  })

  test('gives a shard its own users and nothing server-wide', async () => {
    const store = new MemoryStore()
    const users = Array.from({ length: 50 }, (_, n) => `sip:user${n}@example.test`)
    store.commit([
      { key: recordKey('!server', 'manifest'), value: Buffer.from('m') },
      ...users.map((aor) => ({ key: recordKey(aor, 'account'), value: Buffer.from(aor) })),
    ])
    store.flush()
    const parts = await Promise.all(
      [0, 1, 2].map((index) => textsOf(store, { ...wholeRange, shard: { index, count: 3 } })),
    )
    expect(parts.flat().sort()).toEqual([...users].sort())
    expect(parts.every((part) => part.length > 5)).toBe(true)
  })

  test('asserts on a key that no store could hold', () => {
    expect(() => new MemoryStore().commit([{ key: 'x'.repeat(1979), value: null }])).toThrow('key above 1978 bytes')
    expect(() => new MemoryStore().commit([{ key: '', value: null }])).toThrow('empty key')
  })
})
