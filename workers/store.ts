/**
 * Entry of the store thread, the only writer of the store. All logic is in `src/store/`.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { ignoreFailedCommits, runStoreWorker, type StoreWorkerData } from '../src/store/index.ts'

process.on('unhandledRejection', ignoreFailedCommits)
if (parentPort !== null) await runStoreWorker(parentPort, workerData as StoreWorkerData)
