/**
 * What a command is: a description, from which help, the reference page and the parser are made, and a function. A file
 * `src/cli/…` exports both as `description` and `run`; `commands.ts` lists them.
 */

export const exitCodes = {
  ok: 0,
  /** The command did not do what it should, or a check or gate failed. */
  failed: 1,
  /** It did, and found something to look at. */
  warnings: 2,
  /** A result that proves nothing (simulator, bench). */
  inconclusive: 3,
  usage: 64,
  configuration: 78,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

export interface OptionDescription {
  /** As commander reads them: `--search <text>`, `--disabled`; a value in angle brackets is required. */
  readonly flags: string
  /** What it is for, with the unit. */
  readonly text: string
  readonly choices?: readonly string[]
  /** Shown in the help; a command that finds nothing applies it itself. */
  readonly default?: string
}

export interface ArgumentDescription {
  /** `<name>` must be given, `[name]` may be, `<names...>` is one or more. */
  readonly name: string
  readonly text: string
}

export interface CommandDescription {
  /** `['user', 'add']` is `meridian user add`. */
  readonly path: readonly string[]
  /** One line. */
  readonly purpose: string
  /** More, where one line is not enough: one paragraph, wrapped by the help. */
  readonly details?: string
  readonly arguments?: readonly ArgumentDescription[]
  readonly options?: readonly OptionDescription[]
  /** At least one; each begins with `meridian`, or is a line of shell around it. */
  readonly examples: readonly { readonly line: string; readonly text: string }[]
  /** When each code is given, 0 and 64 apart. */
  readonly exitCodes?: Readonly<Partial<Record<ExitCode, string>>>
  /** The command reads no configuration and has no `--config`. */
  readonly withoutConfig?: boolean
}

/** The outside as commands see it, so that tests can be it. */
export interface CommandIo {
  stdout(text: string): void
  stderr(text: string): void
  /** Standard input to its end, at most 64 MB. */
  readStdin(): Promise<string>
  /** A line typed without echo; null when the terminal was closed or the user pressed control-C. */
  askSecret(prompt: string): Promise<string | null>
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  /** Of the terminal; missing where standard output is none. */
  readonly columns?: number | undefined
  /** Somebody sits in front of standard input and could be asked. */
  readonly isInteractive: boolean
}

export interface Invocation {
  readonly arguments: readonly string[]
  /** By commander's names: `--password-file x` is `passwordFile: 'x'`. */
  readonly options: Readonly<Record<string, unknown>>
  readonly io: CommandIo
}

/** What a command found; the program prints it as text or as JSON. */
export interface Outcome {
  readonly exitCode: ExitCode
  /** For `--json`. */
  readonly value: unknown
  /** For people, on standard output. */
  readonly text: string
  /** On standard error, one line each. */
  readonly warnings: readonly string[]
  readonly error: string | null
}

export interface Command {
  readonly description: CommandDescription
  run(invocation: Invocation): Promise<Outcome>
}

export function done(value: unknown, text: string, warnings: readonly string[] = []): Outcome {
  return { exitCode: exitCodes.ok, value, text, warnings, error: null }
}

/** Done, but somebody should look: exit code 2. */
export function doneWithWarnings(value: unknown, text: string, warnings: readonly string[]): Outcome {
  return { exitCode: warnings.length > 0 ? exitCodes.warnings : exitCodes.ok, value, text, warnings, error: null }
}

export function failed(error: string, value: unknown = null, text = ''): Outcome {
  return { exitCode: exitCodes.failed, value, text, warnings: [], error }
}

export function misused(error: string): Outcome {
  return { exitCode: exitCodes.usage, value: null, text: '', warnings: [], error }
}

export function misconfigured(error: string, value: unknown = null): Outcome {
  return { exitCode: exitCodes.configuration, value, text: '', warnings: [], error }
}
