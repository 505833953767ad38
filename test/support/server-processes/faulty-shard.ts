/**
 * A shard worker that hangs or dies when a test says so: by a file `hang.<worker>` or `throw.<worker>` in the current
 * folder, which is removed first, so that a successor does not do it again.
 */
import { existsSync, rmSync } from 'node:fs'
import { workerData } from 'node:worker_threads'
import { CauseBoard } from '../../../src/runtime/cause-board.ts'
import { runShardWorker, type ShardWorkerData } from '../../../src/runtime/index.ts'
import { PoisonFolder } from '../../../src/runtime/poison-folder.ts'

const lookEveryMs = 50

function isTold(what: string, worker: number): boolean {
  const file = `${what}.${worker}`
  if (!existsSync(file)) return false
  rmSync(file)
  return true
}

const data = workerData as ShardWorkerData
await runShardWorker(data)
setInterval(() => {
  if (isTold('throw', data.worker)) throw new Error('planted')
  if (!isTold('hang', data.worker)) return
  new CauseBoard(data.causeBoard, new PoisonFolder(data.poisonFolder)).begin('sip:alice@example.test', 'MESSAGE')
  for (;;);
}, lookEveryMs)
