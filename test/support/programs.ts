/**
 * Our own program as other processes, for tests of several of them at once: what they say is awaited line by line, each
 * wait with an end.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll } from 'vitest'

const launcher = join(import.meta.dirname, '../../bin/meridian')

export class Program {
  readonly #child: ChildProcessWithoutNullStreams
  /** Lines that nobody has awaited yet, of both outputs. */
  readonly #lines: string[] = []
  readonly #all: string[] = []
  #wake = () => {}
  readonly #exit: Promise<unknown[]>

  constructor(child: ChildProcessWithoutNullStreams) {
    this.#child = child
    this.#exit = once(child, 'exit')
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        this.#lines.push(line)
        this.#all.push(line)
        this.#wake()
      })
    }
    child.once('exit', () => this.#wake())
  }

  type(line: string): void {
    this.#child.stdin.write(`${line}\n`)
  }

  endInput(): void {
    this.#child.stdin.end()
  }

  /** The next line like this, said already or soon; those before it stay for others. */
  async line(pattern: RegExp, deadlineMs = 30_000): Promise<RegExpExecArray> {
    const deadline = AbortSignal.timeout(deadlineMs)
    const expired = new Promise<void>((resolve) => deadline.addEventListener('abort', () => resolve()))
    for (;;) {
      const index = this.#lines.findIndex((line) => pattern.test(line))
      if (index >= 0) return pattern.exec(this.#lines.splice(index, 1)[0]!)!
      if (deadline.aborted || this.#child.exitCode !== null)
        throw new Error(`no ${pattern} in:\n${this.#all.join('\n')}`)
      await Promise.race([expired, new Promise<void>((resolve) => (this.#wake = resolve))])
    }
  }

  get pid(): number {
    return this.#child.pid as number
  }

  /** All that it has said so far. */
  get said(): string {
    return this.#all.join('\n')
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** The signal that ended it, or null. */
  async endedBy(): Promise<NodeJS.Signals | null> {
    const [, signal] = await this.#exit
    return signal as NodeJS.Signals | null
  }

  async exitCode(): Promise<number | null> {
    const [code] = await this.#exit
    return code as number | null
  }

  /** Whatever its exit code: it is told that no input comes, and awaited. */
  async ended(): Promise<{ readonly code: number | null; readonly said: string }> {
    this.endInput()
    const code = await this.exitCode()
    return { code, said: this.said }
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    this.#child.kill('SIGTERM')
    await this.#exit
  }
}

/** Starts `meridian <argv>`; `env` is all that it gets besides PATH. */
export type StartProgram = (argv: readonly string[], env?: Readonly<Record<string, string>>) => Program

/** Call it in the body of a test file, with a folder of its own; at the end all is stopped, and the folder removed. */
export function programs(cwd: string, command: readonly [string, ...string[]] = [launcher]): StartProgram {
  const running: Program[] = []
  afterAll(async () => {
    await Promise.all(running.map((each) => each.stop()))
    rmSync(cwd, { recursive: true, force: true })
  })
  return (argv, env = {}) => {
    const { PATH = '' } = process.env
    const [program, ...first] = command
    const started = new Program(spawn(program, [...first, ...argv], { cwd, env: { PATH, ...env } }))
    running.push(started)
    return started
  }
}
