/**
 * Numbers as people read them.
 */
import type { Bound } from './answers.ts'

export function boundWords(bound: Bound): string {
  if (bound === null) return '–'
  if (bound === 'longer') return 'longer'
  return bound < 1 ? `${Math.round(bound * 1000)} ms` : `${bound} s`
}

export function bytesWords(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10))
  const value = bytes / 1024 ** power
  return `${value < 10 && power > 0 ? value.toFixed(1) : Math.round(value)} ${units[power]}`
}

export function numberWords(value: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: value < 10 ? 1 : 0 })
}

/** Whole days, hours or minutes. */
export function spanWords(ms: number): string {
  const minutes = Math.max(0, Math.floor(ms / 60_000))
  if (minutes < 120) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} days`
}

export function daysWords(days: number | null): string {
  if (days === null) return 'cannot be read'
  if (days < 0) return 'is over'
  return days === 1 ? '1 day left' : `${days} days left`
}

export function dateWords(ms: number): string {
  return new Date(ms).toISOString().slice(0, 16).replace('T', ' ')
}
