/**
 * Runs commands as functions, with an outside that a test can look at, in a folder of their own.
 */
import type { CommandIo, ExitCode } from '../../src/cli/index.ts'
import { commands, runProgram } from '../../src/cli/index.ts'

export interface Ran {
  readonly code: ExitCode
  readonly out: string
  readonly err: string
  /** Of `--json`. */
  readonly json: {
    ok: boolean
    exitCode: number
    result: Record<string, unknown>
    warnings: string[]
    error: string | null
  }
}

export interface OutsideOptions {
  readonly cwd: string
  readonly stdin?: string
  readonly env?: Readonly<Record<string, string>>
  /** Answers of the person in front of the terminal; standard input is then interactive. */
  readonly secrets?: readonly (string | null)[]
}

/** For commands that are called by themselves, and whose outcome is all that is looked at. */
export function silentIo(cwd: string): CommandIo {
  return {
    stdout: () => {},
    stderr: () => {},
    readStdin: async () => '',
    askSecret: async () => null,
    env: {},
    cwd,
    isInteractive: false,
  }
}

export async function meridian(argv: readonly string[], options: OutsideOptions): Promise<Ran> {
  let out = ''
  let err = ''
  const secrets = [...(options.secrets ?? [])]
  const io: CommandIo = {
    stdout: (text) => {
      out += text
    },
    stderr: (text) => {
      err += text
    },
    readStdin: async () => options.stdin ?? '',
    askSecret: async () => secrets.shift() ?? null,
    env: options.env ?? {},
    cwd: options.cwd,
    isInteractive: options.secrets !== undefined,
  }
  const code = await runProgram(argv, { commands, io, version: '1.2.3' })
  const json = out.startsWith('{') ? JSON.parse(out) : null
  return { code, out, err, json }
}
