/**
 * What a NOTIFY of the packages `reg` (RFC 3680) and `presence.winfo` (RFC 3858) tells.
 */
import { Buffer } from 'node:buffer'
import {
  type Parsed,
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

function parseTold<T>(text: string, format: string, parse: (body: Uint8Array) => Parsed<T>): T | null {
  const [head = '', body = ''] = text.split(/\r\n\r\n(.*)/s)
  if (!new RegExp(`^Content-Type: *application/${format}\\+xml`, 'im').test(head)) return null
  const parsed = parse(Buffer.from(body, 'latin1'))
  return parsed.ok ? parsed.document : null
}
