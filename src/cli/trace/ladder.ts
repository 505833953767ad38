/**
 * Steps of a trace as a ladder for a terminal: the user's device, the server, the other side, with the arrows between
 * them.
 */
import type { TraceStep } from '../../admin/index.ts'

const timeColumns = 13
/** Between two of the three lines. */
const laneMin = 14
const laneMax = 30
/** What of the rest the lanes take. */
const laneShare = 0.3
export const columnsDefault = 80

export function ladderHead(columns: number): string {
  const lane = laneOf(columns)
  return `${' '.repeat(timeColumns)}${'device'.padEnd(lane + 1)}${'server'.padEnd(lane + 1)}other side`.slice(
    0,
    columns,
  )
}

/** One line, and below it the message where it is there. */
export function ladderRow(step: TraceStep, columns: number): string {
  const lane = laneOf(columns)
  // To the right: from the device to the server, or from the server to the other side.
  const isRight = (step.side === 'device') === (step.direction === 'received')
  const drawn = arrow(labelOf(step), lane, isRight)
  const empty = ' '.repeat(lane)
  const lanes = step.side === 'device' ? `│${drawn}│${empty}│` : `│${empty}│${drawn}│`
  const line = `${timeOf(step.atMs)} ${lanes} ${tailOf(step)}`
  return [[...line].slice(0, columns).join('').trimEnd(), ...textOf(step)].join('\n')
}

function laneOf(columns: number): number {
  const wanted = Math.floor((columns - timeColumns) * laneShare)
  return Math.max(laneMin, Math.min(laneMax, wanted))
}

function arrow(label: string, lane: number, isRight: boolean): string {
  const shown = ` ${[...label].slice(0, lane - 4).join('')} `
  const rest = lane - 1 - [...shown].length
  const before = '─'.repeat(Math.floor(rest / 2))
  const after = '─'.repeat(rest - Math.floor(rest / 2))
  return isRight ? `${before}${shown}${after}►` : `◄${before}${shown}${after}`
}

function labelOf({ method, status, reason, cseq }: TraceStep): string {
  if (method === '' && status === 0) return reason
  return status === 0 ? `${method} ${cseq}` : `${status} ${cseq} ${method}`
}

function tailOf(step: TraceStep): string {
  const { transport, flow, bytes, status, reason, from, to } = step
  const said = status === 0 ? `${bare(from)} → ${bare(to)}` : reason
  return `${transport} ${flow} ${bytes} B  ${said}`
}

function bare(aor: string): string {
  return aor === '' ? '?' : aor.replace(/^sip:/, '')
}

/** Local, as people look at their clocks. */
function timeOf(atMs: number): string {
  const at = new Date(atMs)
  const two = (value: number) => String(value).padStart(2, '0')
  const ms = String(at.getMilliseconds()).padStart(3, '0')
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${ms}`
}

/** Strangers wrote it: nothing in it may move the cursor. */
function textOf({ text }: TraceStep): readonly string[] {
  if (text === null) return []
  const lines = text.trimEnd().split(/\r?\n/)
  return lines.map((line) => `    ${line.replaceAll(/\p{Cc}/gu, '·')}`)
}
