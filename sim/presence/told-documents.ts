/**
 * What a NOTIFY of the packages `reg` (RFC 3680), `presence.winfo` (RFC 3858) and `message-summary`
 * (RFC 3842) tells.
 */
import { Buffer } from 'node:buffer'
import {
  messageSummaryContentType,
  type Parsed,
  parseMessageSummary,
  parseRegInfo,
  parseWatcherInfo,
  type RegInfo,
  type WatcherInfo,
} from '../../src/documents/index.ts'

/** `text`: of a whole NOTIFY. Null: it tells no registrations. */
export function parseToldRegistrations(text: string): RegInfo | null {
  return parseTold(text, 'reginfo', parseRegInfo)
}

/** Null: it tells no watchers. */
export function parseToldWatchers(text: string): WatcherInfo | null {
  return parseTold(text, 'watcherinfo', parseWatcherInfo)
}

/** How many messages wait; null: it tells nothing of messages. */
export function parseToldWaiting(text: string): number | null {
  const body = bodyOf(text, messageSummaryContentType)
  const summary = body && parseMessageSummary(body)
  return summary ? (summary.counts.get('text-message')?.new ?? 0) : null
}

function parseTold<T>(text: string, format: string, parse: (body: Uint8Array) => Parsed<T>): T | null {
  const body = bodyOf(text, `application/${format}+xml`)
  const parsed = body && parse(body)
  return parsed?.ok ? parsed.document : null
}

function bodyOf(text: string, contentType: string): Uint8Array | null {
  const [head = '', body = ''] = text.split(/\r\n\r\n(.*)/s)
  const found = /^Content-Type: *([^\s;]+)/im.exec(head)?.[1]
  return found?.toLowerCase() === contentType ? Buffer.from(body, 'latin1') : null
}
