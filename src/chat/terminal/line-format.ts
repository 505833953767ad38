/**
 * The lines of a conversation as a terminal shows them: time, who, text, and what became of it.
 */
import type { MessageOutcome } from '../agent/events.ts'
import { cleanLine, cleanText } from './clean-text.ts'
import type { Style } from './style.ts'

export interface ShownMessage {
  readonly timeMs: number
  /** The writer, and the reader where it is not the one that the prompt names. */
  readonly writer: string
  readonly reader: string | null
  readonly text: string
  /** Of our own messages. */
  readonly outcome: MessageOutcome | null
}

export function messageLine(message: ShownMessage, nowMs: number, style: Style): string {
  const { timeMs, writer, reader, text, outcome } = message
  const time = timeText(timeMs, nowMs)
  const who = reader === null ? style.name(writer) : `${style.name(writer)} → ${style.name(reader)}`
  const [first = '', ...rest] = cleanText(text).split('\n')
  const indent = ' '.repeat(time.length + 1)
  const lines = [`${style.dim(time)} ${who}: ${first}`, ...rest.map((line) => `${indent}${line}`)]
  if (outcome !== null) lines[lines.length - 1] += ` ${outcomeMark(outcome, style)}`
  return lines.join('\n')
}

export function outcomeMark(outcome: MessageOutcome, style: Style): string {
  switch (outcome.kind) {
    case 'delivered':
      return style.green('✓')
    case 'stored':
      return style.yellow('◷ stored')
    case 'failed':
      return style.red(`✗ ${cleanLine(outcome.reason)}`)
  }
}

/** Of today the time, of other days the day too, both as the clock on the wall has them. */
export function timeText(timeMs: number, nowMs: number): string {
  const time = new Date(timeMs)
  const clock = `${twoDigits(time.getHours())}:${twoDigits(time.getMinutes())}`
  const day = dayText(time)
  return day === dayText(new Date(nowMs)) ? clock : `${day} ${clock}`
}

function dayText(time: Date): string {
  return `${time.getFullYear()}-${twoDigits(time.getMonth() + 1)}-${twoDigits(time.getDate())}`
}

function twoDigits(number: number): string {
  return String(number).padStart(2, '0')
}
