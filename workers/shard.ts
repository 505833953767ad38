/**
 * Entry of a shard worker: an edge and a shard on a thread of their own. All logic is in `src/runtime/`.
 */
import { workerData } from 'node:worker_threads'
import { runShardWorker, type ShardWorkerData } from '../src/runtime/index.ts'

await runShardWorker(workerData as ShardWorkerData)
