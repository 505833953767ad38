/**
 * What a shard worker's thread runs: its host, and an end for it when anything goes wrong outside a unit of work.
 */
import { parentPort } from 'node:worker_threads'
import { ownThreadFolder } from './thread-wait.ts'
import { WorkerHost } from './worker-host.ts'
import type { FromShardWorker, ShardWorkerData } from './worker-protocol.ts'

/** The entry of `workers/shard.ts`. */
export async function runShardWorker(data: ShardWorkerData): Promise<void> {
  if (parentPort === null) throw new Error('a shard worker runs on a thread of its own')
  parentPort.postMessage({ kind: 'begun', threadFolder: ownThreadFolder() } satisfies FromShardWorker)
  const host = new WorkerHost(data, parentPort)
  process.on('uncaughtException', (error) => void host.die(error))
  process.on('unhandledRejection', (error) => void host.die(error))
  await host.start()
}
