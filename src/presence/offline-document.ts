/**
 * The document of a presentity of whom nothing is to be seen: the same for who is away and for who blocks politely.
 */
import { Buffer } from 'node:buffer'
import type { Aor } from '../sip/uri/aor.ts'

export function offlineDocument(presentity: Aor): Uint8Array {
  return statusDocument(presentity, 'closed')
}

/** A registered device and nothing more to tell: reachable. */
export function statusDocument(presentity: Aor, basic: 'open' | 'closed'): Uint8Array {
  const entity = presentity.replace(/&/g, '&amp;').replace(/"/g, '&quot;').replace(/</g, '&lt;')
  return Buffer.from(
    `<?xml version="1.0" encoding="UTF-8"?>\n<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="${entity}">` +
      `<tuple id="t0"><status><basic>${basic}</basic></status></tuple></presence>`,
  )
}
