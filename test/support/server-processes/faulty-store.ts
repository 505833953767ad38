/**
 * A store thread that hangs or dies when a test says so, by a file `hang.store` or `throw.store`.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { ignoreFailedCommits, runStoreWorker, type StoreWorkerData } from '../../../src/store/index.ts'
import { obeyFaults } from './planted-fault.ts'

if (parentPort === null) throw new Error('a store thread is a thread')
process.on('unhandledRejection', ignoreFailedCommits)
obeyFaults('store')
await runStoreWorker(parentPort, workerData as StoreWorkerData)
