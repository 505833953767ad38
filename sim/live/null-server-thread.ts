/** The null server on a thread of its own: main's handle on it, and the thread. */
import { once } from 'node:events'
import { type MessagePort, Worker } from 'node:worker_threads'
import { Naming } from '../users/population.ts'
import { NullServer } from './null-server.ts'
import { makePopulation, type PopulationPlan } from './populations.ts'

/** `workerData` of the thread. */
export interface NullServerData {
  readonly plan: PopulationPlan
  readonly domain: string
  readonly prefix: string
  readonly seed: number
}

const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js'

export interface NullServerHandle {
  readonly port: number
  close(): Promise<void>
}

export async function startNullServer(data: NullServerData): Promise<NullServerHandle> {
  const worker = new Worker(new URL(`../../workers/null-server${extension}`, import.meta.url), { workerData: data })
  const [port] = (await once(worker, 'message')) as [number]
  return {
    port,
    close: async () => {
      await worker.terminate()
    },
  }
}

/** The thread: says its port, and runs until it is ended. */
export async function runNullServer(main: MessagePort, { plan, domain, prefix, seed }: NullServerData): Promise<void> {
  const server = new NullServer(makePopulation(plan), new Naming(domain, prefix, seed))
  main.postMessage(await server.listen())
}
