/**
 * The memory store and the LMDB store are one store: after any sequence of batches, failures of incarnation, scans and
 * restarts both have told the same outcomes and hold the same records (P1, P2).
 */
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { lastWrittenKey } from '../../src/ports/records/manifest.ts'
import type { RecordWrite, ScanRange, Store, StoreKey } from '../../src/ports/store.ts'
import { MemoryDisk, type RemoteStore, wholeRange } from '../../src/store/index.ts'
import { dataFolders, openDisk, recordsOf, threadOn } from '../support/data-folder.ts'

const newFolder = dataFolders()
const workersCount = 2

const keyText = fc
  .tuple(
    fc.constantFrom(
      'sip:a@x.test',
      'sip:b@x.test',
      'sip:ä@x.test',
      'sip:\u{1f600}@x.test',
      'sip:\uff5e@x.test',
      '!server',
    ),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 4 }),
  )
  .map((parts) => parts.join('\0'))
const value = fc.option(
  fc.uint8Array({ maxLength: 5000 }).map((bytes) => Buffer.from(bytes)),
  { nil: null, freq: 3 },
)
const write: fc.Arbitrary<RecordWrite> = fc.record({ key: keyText, value })
/** Ends of ranges may be anything, also the wrong way round: then the range is empty. */
const edge = fc.oneof({ weight: 8, arbitrary: keyText }, { weight: 1, arbitrary: fc.constant('') })
const worker = fc.nat({ max: workersCount - 1 })

type Step =
  | { readonly kind: 'commit'; readonly worker: number; readonly writes: readonly RecordWrite[] }
  | {
      readonly kind: 'scan'
      readonly worker: number
      readonly range: { readonly from: StoreKey; readonly to: StoreKey }
    }
  | { readonly kind: 'shards' }
  | { readonly kind: 'succeed'; readonly worker: number }
  | { readonly kind: 'reopen' }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant('commit' as const), worker, writes: fc.array(write, { maxLength: 8 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('scan' as const),
      worker,
      range: fc.record({ from: edge, to: edge }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('shards' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('succeed' as const), worker }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reopen' as const) }) },
)

/** One adapter in use: the stores of all workers, old incarnations included, and what they were told. */
interface World {
  readonly told: string[]
  run(step: Step): Promise<unknown>
  end(): Promise<void>
}

function listen(store: Store, name: string, told: string[]): void {
  store.listen({ onBatch: (batch, outcome) => told.push(`${name} ${batch} ${outcome.ok ? 'ok' : outcome.reason}`) })
}

/** Without the note of the last write, which only a real store keeps. */
async function ownRecords(store: Store, range: ScanRange = wholeRange): Promise<unknown> {
  return (await recordsOf(store, range)).filter(([key]) => key !== lastWrittenKey)
}

function shardsOf(store: Store): Promise<unknown> {
  return Promise.all([0, 1, 2].map((index) => recordsOf(store, { ...wholeRange, shard: { index, count: 3 } })))
}

function memoryWorld(): World {
  let disk = new MemoryDisk()
  disk.autoFlush = true
  const told: string[] = []
  const incarnations = [1, 1]
  const attach = (index: number) => {
    const store = disk.attach(index, incarnations[index]!)
    listen(store, `${index}.${incarnations[index]}`, told)
    return store
  }
  let stores = [attach(0), attach(1)]
  return {
    told,
    async run(next) {
      if (next.kind === 'reopen') {
        disk = disk.crash()
        stores = [attach(0), attach(1)]
        return ownRecords(stores[0]!)
      }
      if (next.kind === 'succeed') {
        const old = stores[next.worker]!
        incarnations[next.worker]!++
        stores[next.worker] = attach(next.worker)
        const seen = await ownRecords(stores[next.worker]!)
        old.commit([{ key: 'sip:a@x.test\0stale', value: Buffer.from('stale') }])
        disk.drain()
        return seen
      }
      if (next.kind === 'shards') return shardsOf(stores[0]!)
      const store = stores[next.worker]!
      if (next.kind === 'scan') return ownRecords(store, next.range)
      store.commit(next.writes)
      return disk.drain() * 0
    },
    async end() {},
  }
}

function lmdbWorld(): World {
  const folder = join(newFolder(), 'store')
  const told: string[] = []
  const incarnations = [1, 1]
  let open: { thread: ReturnType<typeof threadOn>['thread']; attach: (w: number, i: number) => RemoteStore }
  let stores: RemoteStore[] = []
  const start = () => {
    open = threadOn(openDisk(folder))
    stores = [attach(0), attach(1)]
  }
  const attach = (index: number) => {
    const store = open.attach(index, incarnations[index]!)
    listen(store, `${index}.${incarnations[index]}`, told)
    return store
  }
  const stop = async () => {
    for (const store of stores) store.close()
    await open.thread.stop()
  }
  const settled = (store: RemoteStore) => recordsOf(store, { from: '\x01', to: '\x02' })
  start()
  return {
    told,
    async run(next) {
      if (next.kind === 'reopen') {
        await stop()
        start()
        return ownRecords(stores[0]!)
      }
      if (next.kind === 'succeed') {
        const old = stores[next.worker]!
        incarnations[next.worker]!++
        stores[next.worker] = attach(next.worker)
        const seen = await ownRecords(stores[next.worker]!)
        old.commit([{ key: 'sip:a@x.test\0stale', value: Buffer.from('stale') }])
        while (old.pendingCount > 0) await open.thread.nextTurn()
        old.close()
        return seen
      }
      if (next.kind === 'shards') return shardsOf(stores[0]!)
      const store = stores[next.worker]!
      if (next.kind === 'scan') return ownRecords(store, next.range)
      store.commit(next.writes)
      await settled(store)
      return 0
    },
    end: stop,
  }
}

describe('store adapters', () => {
  test('memory and LMDB agree after any sequence of batches, scans and restarts', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const memory = memoryWorld()
        const lmdb = lmdbWorld()
        for (const next of [...steps, { kind: 'reopen' } as const]) {
          expect(await lmdb.run(next)).toEqual(await memory.run(next))
        }
        await lmdb.end()
        expect(lmdb.told).toEqual(memory.told)
      }),
      { numRuns: 100 },
    )
  })
})
