/**
 * What the charts show: the figures of the last minutes, and the curve that they make.
 */
import type { Summary } from './answers.ts'

/** Five minutes at an answer each two seconds. */
export const pointsMax = 150

export interface Point {
  readonly atMs: number
  readonly users: number
  readonly messages: number
  readonly notifies: number
}

/** The next history; one is never changed. Answers that say nothing new add nothing. */
export function withSummary(points: readonly Point[], { atMs, intervalSeconds, figures }: Summary): readonly Point[] {
  if (intervalSeconds === 0 || atMs === points.at(-1)?.atMs) return points
  const { now, perSecond } = figures
  const messages = messagesPerSecond(perSecond)
  const point = { atMs, users: now.users ?? 0, messages, notifies: perSecond.notifies ?? 0 }
  return [...points, point].slice(-pointsMax)
}

/** Delivered, or stored for who was away. */
export function messagesPerSecond(perSecond: Readonly<Record<string, number>>): number {
  return (perSecond['messages delivered'] ?? 0) + (perSecond['messages stored'] ?? 0)
}

/** The end of an axis: 1, 2 or 5 times a power of ten, at or above every value. */
export function niceMax(values: readonly number[]): number {
  const most = Math.max(1, ...values)
  const power = 10 ** Math.floor(Math.log10(most))
  return [1, 2, 5, 10].map((step) => step * power).find((end) => end >= most) ?? most
}

/** `points` of an SVG polyline in a box of `width` by `height`, the newest value at the right edge. */
export function polyline(values: readonly number[], { width, height }: { width: number; height: number }): string {
  const max = niceMax(values)
  const step = width / (pointsMax - 1)
  return values
    .map((value, index) => {
      const x = width - (values.length - 1 - index) * step
      return `${round(x)},${round(height - (value / max) * height)}`
    })
    .join(' ')
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
