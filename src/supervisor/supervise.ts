/**
 * The supervisor process: starts the server as a child and starts it again when it dies of something that a restart
 * cures (out of memory, a native fault, the watchdog). A server that has never been ready would only die again: its
 * exit code becomes ours. Where systemd supervises, `serve --unsupervised` does without this.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { readyMessage } from './child.ts'
import { hasTerminal } from './terminal.ts'

/** The first restart is at once: clients wait. Later ones back off, and a long run forgives what was before. */
const usualBackoffMs = [0, 500, 2_000, 5_000, 15_000, 30_000] as const
const steadyAfterMs = 60_000
/** The configuration is wrong: only the administrator can change that. */
const misconfiguredCode = 78
/** Asked to stop, and control-C. */
const stopSignals = ['SIGTERM', 'SIGINT'] as const

/** As fields of a line of the log. */
export type ServerDeath = { readonly code: number | null; readonly signal: string | null; readonly delayMs: number }

export interface SupervisorOptions {
  /** Program and arguments of the child. */
  readonly command: readonly [program: string, ...args: string[]]
  readonly env: Readonly<Record<string, string | undefined>>
  /** The server died and is started again after so long. */
  readonly onDeath: (death: ServerDeath) => void
  /** Other waits before the first restart, the second and so on: tests. */
  readonly backoffMs?: readonly number[]
}

/** Resolves with the exit code when the server has stopped for good. */
export async function supervise(options: SupervisorOptions): Promise<number> {
  const stop = new StopRequest()
  try {
    return await superviseUntil(stop, options)
  } finally {
    stop.close()
  }
}

async function superviseUntil(stop: StopRequest, options: SupervisorOptions): Promise<number> {
  const backoffMs = options.backoffMs ?? usualBackoffMs
  let failures = 0
  let everReady = false
  for (;;) {
    const startedMs = performance.now()
    const { code, signal, wasReady } = await runChild(options, stop)
    everReady ||= wasReady
    if (stop.asked || code === 0 || code === misconfiguredCode || !everReady) return code ?? 1
    failures = performance.now() - startedMs > steadyAfterMs ? 1 : failures + 1
    const delayMs = backoffMs[Math.min(failures, backoffMs.length) - 1] as number
    options.onDeath({ code, signal, delayMs })
    await stop.orAfter(delayMs)
    // Nothing runs that could still fail to stop.
    if (stop.asked) return 0
  }
}

/** Signals to the supervisor, for as long as it lives: between two children as well, where one must not be lost. */
class StopRequest {
  readonly #asked = Promise.withResolvers<void>()
  asked = false
  child: ChildProcess | null = null
  readonly #onSignal = () => {
    this.asked = true
    this.#asked.resolve()
    // The child hears of a second one too, which ends it at once.
    this.child?.kill('SIGTERM')
  }

  readonly #hadTerminal = hasTerminal()
  /** A closed terminal: a server that nobody sees any more should not go on unseen. Else the child's to do. */
  readonly #onHangUp = () => {
    if (this.#hadTerminal && !hasTerminal()) this.#onSignal()
    else this.#hangUp()
  }
  #isReady = false
  #isHangUpOwed = false

  constructor() {
    for (const signal of stopSignals) process.on(signal, this.#onSignal)
    process.on('SIGHUP', this.#onHangUp)
  }

  /** Of this start of the child: `true` when it serves. Before, a hang-up would end it, so that one waits. */
  childIsReady(isReady: boolean): void {
    this.#isReady = isReady
    if (isReady && this.#isHangUpOwed) this.#hangUp()
  }

  #hangUp(): void {
    this.#isHangUpOwed = !this.#isReady
    if (this.#isReady) this.child?.kill('SIGHUP')
  }

  async orAfter(delayMs: number): Promise<void> {
    const waited = Promise.withResolvers<void>()
    const timer = setTimeout(waited.resolve, delayMs)
    await Promise.race([this.#asked.promise, waited.promise])
    clearTimeout(timer)
  }

  close(): void {
    for (const signal of stopSignals) process.off(signal, this.#onSignal)
    process.off('SIGHUP', this.#onHangUp)
  }
}

interface ChildEnd {
  readonly code: number | null
  readonly signal: string | null
  readonly wasReady: boolean
}

/** One start of the server, until it has ended. */
function runChild({ command: [program, ...args], env }: SupervisorOptions, stop: StopRequest): Promise<ChildEnd> {
  // A group of its own: a terminal's control-C or hang-up reaches us alone, and the child hears of it once, from us.
  const stdio = ['inherit', 'inherit', 'inherit', 'ipc'] as const
  const child = spawn(program, args, { env: { ...env }, stdio: [...stdio], detached: true })
  stop.child = child
  return new Promise((resolve) => {
    let wasReady = false
    child.on('message', (message) => {
      if (message !== readyMessage) return
      wasReady = true
      stop.childIsReady(true)
    })
    const end = (code: number | null, signal: string | null) => {
      stop.child = null
      stop.childIsReady(false)
      resolve({ code, signal, wasReady })
    }
    child.once('exit', end)
    // It could not be started at all: no memory, no processes left.
    child.on('error', () => {
      if (child.pid === undefined) end(null, null)
    })
  })
}
