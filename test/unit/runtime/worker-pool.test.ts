/**
 * The pool of workers over threads that only keep its protocol: how it starts them again, and how it stops (P4, P8).
 */
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { afterEach, describe, expect, it } from 'vitest'
import { WorkerPool, type WorkerPoolOptions } from '../../../src/runtime/index.ts'
import { eventually } from '../../support/server-process.ts'

/** `workerData.faults`: what each incarnation does wrong. It does what the other end of its store port says, too. */
const thread = `
  import { parentPort, workerData } from 'node:worker_threads'
  const { incarnation, storePort, faults } = workerData
  const fault = faults[incarnation - 1]
  const tell = (message) => parentPort.postMessage(message)
  storePort.on('message', () => process.exit(1))
  parentPort.on('message', ({ kind }) => {
    if (kind === 'listen' && fault === 'listen-failed') tell({ kind: 'listen-failed', message: 'the port is taken' })
    else if (kind === 'listen') tell({ kind: 'listening', places: [{ port: 1 }] })
    if (kind === 'drain' && fault !== 'silent') tell({ kind: 'drained' })
    if (kind === 'stop' && fault !== 'silent') process.exit(0)
  })
  tell({ kind: 'loaded' })
`

const running: { pool: WorkerPool; stores: Map<number, MessagePort> }[] = []
afterEach(async () => {
  for (const { pool, stores } of running.splice(0)) {
    await pool.stop(0)
    for (const port of stores.values()) port.postMessage('end')
  }
})

function makePool(workersCount: number, faults: readonly string[] = []) {
  const stores = new Map<number, MessagePort>()
  const [failed, logged]: [string[], string[]] = [[], []]
  const options: WorkerPoolOptions = {
    workersCount,
    entry: new URL(`data:text/javascript,${encodeURIComponent(thread)}`),
    template: () => ({ faults }) as never,
    attachStore: (worker) => {
      const { port1, port2 } = new MessageChannel()
      stores.set(worker, port1)
      return port2
    },
    onHttpAsk: () => Promise.reject(new Error('nobody asks')),
    onAudit: () => {},
    onRecorded: () => {},
    onTraced: () => {},
    onFailedStart: (message) => failed.push(message),
    log: { write: (_level, event) => void logged.push(event) },
  }
  const pool = new WorkerPool(options)
  running.push({ pool, stores })
  return { pool, failed, logged, end: (worker: number) => stores.get(worker)?.postMessage('end') }
}

const endpoints = [{ transport: 'tcp', host: '::1', port: 0 }] as const

describe('the workers of a server', () => {
  it('P4: a successor that cannot listen is started again, after a while', { timeout: 30_000 }, async () => {
    const { pool, failed, logged, end } = makePool(2, ['', 'listen-failed', ''])
    await pool.start(endpoints)
    end(0)
    const incarnation = () => pool.states[0]?.incarnation
    await eventually('the third start listens', () => incarnation() === 3 && pool.isReady)
    expect(failed).toEqual([])
    expect(logged).toEqual(['runtime.worker-restarts', 'runtime.listen-failed', 'runtime.worker-restarts'])
    await pool.stop(10_000)
  })

  it('P8: says why the first start fails', { timeout: 30_000 }, async () => {
    const { pool, failed } = makePool(1, ['listen-failed'])
    void pool.start(endpoints)
    await eventually('the start has failed', () => failed.length > 0)
    expect(failed).toEqual(['the port is taken'])
  })

  it('P8: stops within its deadline, whatever the threads do', { timeout: 30_000 }, async () => {
    const { pool } = makePool(2, ['silent'])
    await pool.start(endpoints)
    const sinceMs = performance.now()
    await pool.stop(2_000)
    expect(performance.now() - sinceMs).toBeGreaterThan(1_900)
    expect(performance.now() - sinceMs).toBeLessThan(3_500)
  })

  it('P8: stops at once when nothing waits', { timeout: 30_000 }, async () => {
    const { pool } = makePool(2)
    await pool.start(endpoints)
    await pool.stop(20_000)
    expect(pool.states.map(({ state }) => state)).toEqual(['down', 'down'])
  })
})
