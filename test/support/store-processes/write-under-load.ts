/**
 * A process that writes through the real store thread as fast as it is told of flushes, and names each acknowledged
 * batch on stdout (`worker batch`), until it is killed. Each batch holds three records.
 */
import { Worker } from 'node:worker_threads'
import { encodeRecord, lockDataFolder, RemoteStore, recordKey, StoreWorker } from '../../../src/store/index.ts'

const [dataFolder = '', round = ''] = process.argv.slice(2)
const workersCount = 3
const outstandingMax = 32

const locked = lockDataFolder(dataFolder, round, Date.now())
if (!locked.ok) throw new Error(locked.fault.message)
const create = { serverId: 's', realm: 'example.test', createdBy: 'test' }
const thread = new Worker(new URL('../../../workers/store.ts', import.meta.url), { workerData: { dataFolder, create } })
const store = new StoreWorker(thread, { onEvent: () => undefined, onQuarantined: () => undefined })
const opened = await store.opened()
if (!opened.ok) throw new Error(opened.fault.message)

for (let worker = 0; worker < workersCount; worker++) {
  const remote = new RemoteStore(store.attach(worker, Number(round)))
  let written = 0
  const fill = () => {
    while (remote.pendingCount < outstandingMax) {
      written++
      const value = encodeRecord(1, [written, 'x'.repeat(300)])
      const aor = `sip:w${worker}-r${round}@example.test`
      remote.commit(['a', 'b', 'c'].map((part) => ({ key: recordKey(aor, 'test', String(written), part), value })))
    }
  }
  remote.listen({
    onBatch: (batch, outcome) => {
      if (outcome.ok) process.stdout.write(`${worker} ${batch}\n`)
      fill()
    },
  })
  fill()
}
