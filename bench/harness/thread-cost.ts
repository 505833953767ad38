/**
 * What each thread of a process has cost so far, and how often it was woken, read from the kernel (proc(5)). Threads
 * with the same part in the work are added up.
 */
import { readdirSync, readFileSync } from 'node:fs'

export interface ThreadCost {
  /** Time on a processor, as the scheduler counts it (proc_pid_schedstat). */
  readonly micros: number
  /** Of it in the kernel: a share, from ticks of the clock, so it needs seconds to be true. */
  readonly systemMicros: number
  /** Times that it had nothing to do and slept: for an event loop its turns, at most. */
  readonly sleeps: number
}

const none: ThreadCost = { micros: 0, systemMicros: 0, sleeps: 0 }

/** By part: the name that a thread has, without its number. */
export function threadCosts(pid: number): Map<string, ThreadCost> {
  const costs = new Map<string, ThreadCost>()
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const folder = `/proc/${pid}/task/${thread}`
    const part = thread === String(pid) ? 'main' : partOf(readFileSync(`${folder}/comm`, 'latin1').trim())
    costs.set(part, added(costs.get(part) ?? none, costOf(folder), 1))
  }
  return costs
}

/** What has been spent between two looks; a thread that ended in the meantime takes its time along. */
export function spentBetween(before: ReadonlyMap<string, ThreadCost>, after: ReadonlyMap<string, ThreadCost>) {
  return new Map([...after].map(([part, cost]) => [part, added(cost, before.get(part) ?? none, -1)] as const))
}

export function sumOf(costs: ReadonlyMap<string, ThreadCost>): ThreadCost {
  return [...costs.values()].reduce((sum, cost) => added(sum, cost, 1), none)
}

function costOf(folder: string): ThreadCost {
  const micros = Number(readFileSync(`${folder}/schedstat`, 'latin1').split(' ')[0]) / 1_000
  const stat = readFileSync(`${folder}/stat`, 'latin1')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [user, system] = [Number(fields[11]), Number(fields[12])]
  const sleeps = Number(/^voluntary_ctxt_switches:\s+(\d+)/m.exec(readFileSync(`${folder}/status`, 'latin1'))?.[1])
  return { micros, systemMicros: user + system === 0 ? 0 : (micros * system) / (user + system), sleeps }
}

function added(a: ThreadCost, b: ThreadCost, sign: 1 | -1): ThreadCost {
  return {
    micros: a.micros + sign * b.micros,
    systemMicros: a.systemMicros + sign * b.systemMicros,
    sleeps: a.sleeps + sign * b.sleeps,
  }
}

/** The kernel keeps 15 characters: `meridian shard 0` is `meridian shard`, node's and V8's own keep theirs. */
function partOf(name: string): string {
  return name.replace(/^meridian /, '').replace(/[\s\d]+$/, '')
}
