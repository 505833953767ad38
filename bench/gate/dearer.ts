/**
 * Loaded into a server by `--import …/dearer.ts?percent=5` to make it dearer: whatever it spends of processor time,
 * it spends so much more for nothing, whichever operation it was for. So the gate has a slowdown to find, and the code
 * that is measured is that of the commit.
 */
import { isMainThread } from 'node:worker_threads'

const everyMs = 50

/** What is to be wasted now, µs: of `spentMicros` in all, `wastedMicros` were waste already. */
export function owedMicros(spentMicros: number, wastedMicros: number, share: number): number {
  return Math.max(0, (spentMicros - wastedMicros) * share - wastedMicros)
}

/** Wastes `share` of what the process spends, from now on; what was wasted so far, µs. */
export function makeDearer(share: number): () => number {
  let wasted = 0
  const start = process.cpuUsage()
  const timer = setInterval(() => {
    const spent = micros(start)
    const untilMicros = spent + owedMicros(spent, wasted, share)
    let now = spent
    while (now < untilMicros) now = micros(start)
    wasted += now - spent
  }, everyMs)
  timer.unref()
  return () => wasted
}

function micros(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since)
  return user + system
}

const percent = new URL(import.meta.url).searchParams.get('percent')
// Threads of the server load it too; all of them are counted in one.
if (isMainThread && percent !== null) makeDearer(Number(percent) / 100)
