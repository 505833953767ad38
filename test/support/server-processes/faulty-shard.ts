/**
 * A shard worker that hangs or dies when a test says so: a file `hang.<worker>`, `throw.<worker>`, `fill.<worker>`.
 */
import { workerData } from 'node:worker_threads'
import { CauseBoard } from '../../../src/runtime/cause-board.ts'
import { runShardWorker, type ShardWorkerData } from '../../../src/runtime/index.ts'
import { PoisonFolder } from '../../../src/runtime/poison-folder.ts'
import { obeyFaults } from './planted-fault.ts'

const data = workerData as ShardWorkerData
await runShardWorker(data)
obeyFaults(String(data.worker), () => {
  new CauseBoard(data.causeBoard, new PoisonFolder(data.poisonFolder)).begin('sip:alice@example.test', 'MESSAGE')
})
