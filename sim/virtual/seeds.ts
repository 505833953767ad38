/**
 * Many seeds of a virtual run, on as many threads as are asked for. A run is one thread from its beginning to its end,
 * so results do not depend on their number; they come in the order of the seeds.
 */
import { Piscina } from 'piscina'
import { runVirtualSeed, type SeedResult, type SeedTask } from './seed-thread.ts'

const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js'

export async function* runSeeds(task: SeedTask, count: number, jobs: number): AsyncGenerator<SeedResult> {
  const tasks = Array.from({ length: count }, (_, index) => withSeed(task, task.seed + index))
  if (jobs === 1) {
    for (const each of tasks) yield await runVirtualSeed(each)
    return
  }
  const filename = new URL(`../../workers/virtual-seed${extension}`, import.meta.url).href
  const pool = new Piscina({ filename, minThreads: jobs, maxThreads: jobs, execArgv: process.execArgv })
  try {
    const results = tasks.map((each) => pool.run(each, { name: 'runVirtualSeed' }) as Promise<SeedResult>)
    // Whoever fails is heard of below, in its turn.
    for (const result of results) result.catch(() => {})
    for (const result of results) yield await result
  } finally {
    await pool.destroy()
  }
}

function withSeed(task: SeedTask, seed: number): SeedTask {
  const plan = task.plan.kind === 'model' ? { ...task.plan, seed } : task.plan
  return { ...task, plan, seed }
}
