/**
 * A fresh data folder for a test file, removed afterwards, and the shortest way to an open store in it.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { MessageChannel } from 'node:worker_threads'
import { afterAll } from 'vitest'
import type { BatchOutcome, Store, StoreKey } from '../../src/ports/store.ts'
import {
  DirectStore,
  LmdbDisk,
  RemoteStore,
  StoreThread,
  type StoreThreadOptions,
  wholeRange,
} from '../../src/store/index.ts'

// For child processes, as the launcher does it: they start in 0.05 s of CPU time and not in 0.25.
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL('../../node_modules/.cache/cc', import.meta.url))

export const testNowMs = 1_800_000_000_000

/** Call it in the body of a test file; each call of the result gives a new folder. */
export function dataFolders(parent: string = tmpdir()): () => string {
  const root = mkdtempSync(join(parent, 'meridian-store-'))
  let count = 0
  afterAll(() => rmSync(root, { recursive: true, force: true }))
  return () => {
    count++
    return join(root, String(count))
  }
}

export function directStoreOptions(dataFolder: string) {
  return {
    dataFolder,
    holder: 'test',
    create: { serverId: 'test-server', realm: 'example.test', createdBy: 'meridian test' },
    nowMs: () => testNowMs,
    onQuarantined: () => undefined,
  }
}

export async function openDirectStore(dataFolder: string): Promise<DirectStore> {
  const opened = await DirectStore.open(directStoreOptions(dataFolder))
  if (!opened.ok) throw new Error(opened.fault.message)
  return opened.value
}

export function openDisk(folder: string): LmdbDisk {
  const opened = LmdbDisk.open(folder)
  if (!opened.ok) throw new Error(opened.detail)
  return opened.disk
}

/** A store thread's logic in this thread. */
export function threadOn(disk: LmdbDisk, options: Partial<Pick<StoreThreadOptions, 'freeBytes' | 'onEvent'>> = {}) {
  // Test machines may have little room; what the reserve does is tested where it is the question.
  const { freeBytes = () => Number.MAX_SAFE_INTEGER, onEvent = () => undefined } = options
  const thread = new StoreThread({ disk, onEvent, nowMs: () => testNowMs, freeBytes })
  return {
    thread,
    attach(worker: number, incarnation: number): RemoteStore {
      const { port1, port2 } = new MessageChannel()
      thread.attach(port1, worker, incarnation)
      return new RemoteStore(port2)
    },
  }
}

export function commitAndHear(store: Store, writes: Parameters<Store['commit']>[0]): Promise<BatchOutcome> {
  return new Promise((resolve) => {
    const wanted = store.commit(writes)
    store.listen({ onBatch: (batch, outcome) => batch === wanted && resolve(outcome) })
  })
}

export async function recordsOf(store: Store, range = wholeRange): Promise<[StoreKey, string][]> {
  const found: [StoreKey, string][] = []
  await store.scan(range, (key, value) => found.push([key, Buffer.from(value).toString('latin1')]))
  return found
}
