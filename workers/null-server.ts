/**
 * Entry of the thread of the null server, which the dry run of the simulator is aimed at. All logic is in `sim/live/`.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { type NullServerData, runNullServer } from '../sim/live/null-server-thread.ts'

if (parentPort !== null) await runNullServer(parentPort, workerData as NullServerData)
