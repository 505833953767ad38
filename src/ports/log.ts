/**
 * Structured log: one event name per reason. Bodies, credentials and tokens are never given to it.
 */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error'
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>

export interface Log {
  /** `event` is a dotted name such as `messaging.mailbox-full`, stable for administrators' filters. */
  write(level: LogLevel, event: string, fields?: LogFields): void
}
