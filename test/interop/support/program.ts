/**
 * A client as a child process: its output as one text, lines typed to it, bounded waits, and an end in every case.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { Bell } from './deadline.ts'

export interface ProgramOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
}

/** How much output an error shows. */
const shownCharacters = 6000

export class Program {
  readonly name: string
  readonly #child: ChildProcess
  readonly #bell = new Bell()
  #output = ''
  #exit: string | null = null

  constructor(command: string, argv: readonly string[], options: ProgramOptions = {}) {
    this.name = command
    const env = { ...process.env, ...options.env }
    // A group of its own, so that what a client starts ends with it.
    this.#child = spawn(command, argv, { ...(options.cwd ? { cwd: options.cwd } : {}), env, detached: true })
    for (const stream of [this.#child.stdout!, this.#child.stderr!]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.#output += text
        this.#bell.ring()
      })
    }
    // A client that has ended reads no more.
    this.#child.stdin!.on('error', () => undefined)
    this.#child.on('error', (error) => this.#ended(String(error)))
    this.#child.on('close', (code, signal) => this.#ended(signal ?? String(code)))
  }

  get output(): string {
    return this.#output
  }

  type(line: string): void {
    this.#child.stdin!.write(`${line}\n`)
  }

  /** Waits for text that was printed after `from`, an earlier length of `output`. */
  prints(pattern: RegExp, { from = 0, ms }: { from?: number; ms?: number } = {}): Promise<RegExpExecArray> {
    const look = (): RegExpExecArray | null => {
      const found = pattern.exec(this.#output.slice(from))
      if (!found && this.#exit !== null) throw new Error(`ended (${this.#exit}) without ${pattern}:\n${this.#tail()}`)
      return found
    }
    return this.#bell.until(`${pattern} from ${this.name}`, look, () => this.#tail(), ms)
  }

  /** Its exit code, or the name of the signal that ended it. */
  exits(ms?: number): Promise<string> {
    return this.#bell.until(
      `end of ${this.name}`,
      () => this.#exit,
      () => this.#tail(),
      ms,
    )
  }

  async stop(): Promise<void> {
    if (this.#exit === null) this.#signal('SIGTERM')
    await this.exits(8000).catch(() => {
      this.#signal('SIGKILL')
      return this.exits(8000)
    })
  }

  /** At once, as a power cut would. */
  async kill(): Promise<void> {
    this.#signal('SIGKILL')
    await this.exits(8000)
  }

  #signal(signal: NodeJS.Signals): void {
    try {
      process.kill(-this.#child.pid!, signal)
    } catch {
      // It has ended in this moment, or never began.
    }
  }

  #ended(how: string): void {
    this.#exit ??= how
    this.#bell.ring()
  }

  #tail(): string {
    return this.#output.slice(-shownCharacters)
  }
}

/** Runs a program to its end. */
export async function runToEnd(command: string, argv: readonly string[], options: ProgramOptions = {}) {
  const program = new Program(command, argv, options)
  try {
    return { code: await program.exits(), output: program.output }
  } finally {
    await program.stop()
  }
}
