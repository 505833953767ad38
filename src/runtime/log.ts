/**
 * The log port on pino: JSON lines, or readable lines on a terminal. Fields are flat and pass one gate (`guardField`)
 * whoever writes them, so that a credential or a body cannot get into a log by a careless call.
 */
import pino from 'pino'
import type { Log, LogFields, LogLevel } from '../ports/log.ts'
import { type LogDestination, prettyLines } from './log-pretty.ts'

export interface RuntimeLog extends Log {
  /** A log whose every line carries these fields as well, for instance the worker's number. */
  child(fields: LogFields): RuntimeLog
  /** From the next line on; a child that was made before keeps its level. */
  setLevel(level: LogLevel): void
}

/** How lines look, decided: what main hands to its workers, whose standard error never says that it is a terminal. */
export interface LogForm {
  readonly level: LogLevel
  readonly format: 'json' | 'pretty'
  readonly color: boolean
}

export interface LogOptions {
  readonly level: LogLevel
  readonly format: 'auto' | 'json' | 'pretty'
  /** As decided by another thread; asked of standard error unless given. */
  readonly color?: boolean
  /** Standard error unless given: standard output belongs to results. */
  readonly destination?: LogDestination
  /** Whether `auto` means pretty; asked of standard error unless given. */
  readonly isTerminal?: boolean
  /** On every line. */
  readonly fields?: LogFields
}

/** Names whose values never reach a log, whatever they hold: credentials, their equivalents, and what people wrote. */
const withheldNames = new RegExp(
  [
    'pass(?:word|phrase)|secret|token|credential|ha1|digest|cookie|privatekey',
    '^(?:proxy)?authori[sz]ation$',
    '^(?:body|content|text|response|cnonce|nonce|message)$',
  ].join('|'),
  'i',
)

/** A longer value is a mistake or an attack on whoever stores the log. */
export const fieldCharsMax = 1024

export function guardField(name: string, value: unknown): string | number | boolean | null | undefined {
  if (value === undefined || value === null || typeof value === 'number' || typeof value === 'boolean') return value
  if (withheldNames.test(name)) return '[withheld]'
  if (typeof value !== 'string') return '[not a plain value]'
  const safe = value.replace(/(sips?:[^:@\s]+):[^@\s]*@/gi, '$1:[withheld]@')
  return safe.length > fieldCharsMax ? `${safe.slice(0, fieldCharsMax)}…` : safe
}

/** Fields of a line: guarded, and never able to replace the line's own time, level or event. */
export function guardFields(fields: LogFields | undefined): Record<string, unknown> {
  const guarded: Record<string, unknown> = {}
  for (const name in fields) {
    const value = guardField(name, fields[name])
    if (value !== undefined) guarded[ownNames.has(name) ? `${name}_` : name] = value
  }
  return guarded
}

const ownNames: ReadonlySet<string> = new Set(['time', 'level', 'event'])

export function logForm(options: LogOptions): LogForm {
  const isTerminal = options.isTerminal ?? process.stderr.isTTY === true
  const isPretty = options.format === 'pretty' || (options.format === 'auto' && isTerminal)
  const color = options.color ?? (isPretty && isTerminal && !process.env.NO_COLOR)
  return { level: options.level, format: isPretty ? 'pretty' : 'json', color }
}

export function createLog(options: LogOptions): RuntimeLog {
  // Synchronous: the line that explains a crash must be out before the process is. Lines stay below a pipe's atomic
  // size, so workers that share the descriptor do not cut into each other's.
  const target = options.destination ?? standardError()
  const { format, color } = logForm(options)
  const stream = format === 'pretty' ? prettyLines(target, { color }) : target
  const root = pino(
    {
      level: options.level,
      base: guardFields(options.fields),
      messageKey: 'event',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (level) => ({ level }) },
    },
    stream,
  )
  return new PinoLog(root)
}

/** On a full disk lines wait, so many at most, and are written with the next one for which there is room. */
const waitingBytesMax = 1024 * 1024

function standardError(): LogDestination {
  const target = pino.destination({ fd: 2, sync: true, maxLength: waitingBytesMax })
  // A log that cannot be written is no reason to stop serving.
  target.on('error', () => undefined)
  return target
}

class PinoLog implements RuntimeLog {
  readonly #pino: pino.Logger

  constructor(logger: pino.Logger) {
    this.#pino = logger
  }

  write(level: LogLevel, event: string, fields?: LogFields): void {
    if (!this.#pino.isLevelEnabled(level)) return
    this.#pino[level](guardFields(fields), event)
  }

  setLevel(level: LogLevel): void {
    this.#pino.level = level
  }

  child(fields: LogFields): RuntimeLog {
    return new PinoLog(this.#pino.child(guardFields(fields)))
  }
}
