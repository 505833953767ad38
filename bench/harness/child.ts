/**
 * A child process that answers a line with a line, on a core of its own where there are two. What the lines mean is
 * its owner's business.
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'

/** The measured process has a core for itself; whoever makes the load has the other. */
export type Core = 'measured' | 'load' | 'any'

export class Child {
  readonly #process: ChildProcessByStdio<Writable, Readable, null>
  readonly #lines: AsyncIterator<string>

  constructor(core: Core, command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const [program, ...rest] = pinned(core, [command, ...args]) as [string, ...string[]]
    this.#process = spawn(program, rest, {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, ...env },
    })
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]()
  }

  /** taskset replaces itself by the program, so this is the program's. */
  get pid(): number {
    return this.#process.pid as number
  }

  tell(line: string): void {
    this.#process.stdin.write(`${line}\n`)
  }

  /** The next line of its standard output. */
  async line(): Promise<string> {
    const next = await this.#lines.next()
    if (next.done) throw new Error(`${this.#process.spawnargs.join(' ')} ended`)
    return next.value
  }

  /** Reads lines until one matches. */
  async until(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(await this.line())
      if (found) return found
    }
  }

  /** Closes its standard input, or sends the signal, and waits for its end. */
  async end(signal?: NodeJS.Signals): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return
    const ended = once(this.#process, 'exit')
    if (signal) this.#process.kill(signal)
    else this.#process.stdin.end()
    await ended
  }
}

/** Whatever else runs on the machine should disturb as little as may be; only root may ask for that. */
const priority = process.getuid?.() === 0 ? ['nice', '-n', '-10'] : []

function pinned(core: Core, command: readonly string[]): readonly string[] {
  if (core === 'any' || availableParallelism() < 2) return command
  return [...priority, 'taskset', '-c', core === 'measured' ? '0' : '1', ...command]
}
