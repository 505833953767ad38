/**
 * The supervisor process: starts the server as a child and starts it again when it dies of something that a restart
 * cures (out of memory, a native fault, the watchdog). A server that ends before it was ready would only do so again:
 * its exit code becomes ours. Where systemd supervises, `serve --unsupervised` does without this.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { readyMessage } from './child.ts'

/** The first restart is at once: clients wait. Later ones back off, and a long run forgives what was before. */
const backoffMs = [0, 500, 2_000, 5_000, 15_000, 30_000] as const
const steadyAfterMs = 60_000
/** Asked to stop, control-C, and a closed terminal: a server that nobody sees any more should not go on unseen. */
const stopSignals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const

export interface SupervisorOptions {
  /** Program and arguments of the child. */
  readonly command: readonly [program: string, ...args: string[]]
  readonly env: Readonly<Record<string, string | undefined>>
  /** The server died and is started again after so long. */
  readonly onDeath: (death: { code: number | null; signal: string | null; delayMs: number }) => void
}

/** Resolves with the exit code when the server has stopped for good. */
export async function supervise({ command, env, onDeath }: SupervisorOptions): Promise<number> {
  const [program, ...args] = command
  const stop = { asked: false }
  let failures = 0
  for (;;) {
    // A group of its own: a terminal's control-C or hang-up reaches us alone, and the child hears of it once, from us.
    const stdio = ['inherit', 'inherit', 'inherit', 'ipc'] as const
    const child = spawn(program, args, { env: { ...env }, stdio: [...stdio], detached: true })
    const startedMs = performance.now()
    const end = await watchChild(child, stop)
    if (stop.asked || end.code === 0) return end.code ?? 1
    if (!end.wasReady) return end.code ?? 1
    failures = performance.now() - startedMs > steadyAfterMs ? 1 : failures + 1
    const delayMs = backoffMs[Math.min(failures, backoffMs.length) - 1] as number
    onDeath({ code: end.code, signal: end.signal, delayMs })
    await new Promise((resolve) => setTimeout(resolve, delayMs))
    if (stop.asked) return 1
  }
}

interface ChildEnd {
  readonly code: number | null
  readonly signal: string | null
  readonly wasReady: boolean
}

/** Passes signals on, and waits. */
function watchChild(child: ChildProcess, stop: { asked: boolean }): Promise<ChildEnd> {
  return new Promise((resolve) => {
    let wasReady = false
    const passOn = () => {
      stop.asked = true
      child.kill('SIGTERM')
    }
    for (const signal of stopSignals) process.on(signal, passOn)
    child.on('message', (message) => {
      if (message === readyMessage) wasReady = true
    })
    child.once('exit', (code, signal) => {
      for (const signal of stopSignals) process.off(signal, passOn)
      resolve({ code, signal, wasReady })
    })
  })
}
