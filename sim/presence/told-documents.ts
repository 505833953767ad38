/**
 * What a NOTIFY of the package `reg` tells (RFC 3680).
 */
import { Buffer } from 'node:buffer'
import { parseRegInfo, type RegInfo } from '../../src/documents/index.ts'

/** `text`: of a whole NOTIFY. Null: it tells no registrations. */
export function parseToldRegistrations(text: string): RegInfo | null {
  const [head = '', body = ''] = text.split(/\r\n\r\n(.*)/s)
  if (!/^Content-Type: *application\/reginfo\+xml/im.test(head)) return null
  const parsed = parseRegInfo(Buffer.from(body, 'latin1'))
  return parsed.ok ? parsed.document : null
}
