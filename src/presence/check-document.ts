/**
 * Is the body of a PUBLISH a presence document about this user (RFC 3863, RFC 3903 §6 step 5)?
 */
import { Buffer } from 'node:buffer'
import { type PidfFault, parsePidf } from '../documents/index.ts'
import { type Rejection, rejection } from '../shard/index.ts'
import { type Aor, parseAor } from '../sip/uri/aor.ts'
import { speaksAlone } from './compose-validity.ts'
import { wrongEntity } from './rejections.ts'

export type CheckedDocument =
  | { readonly ok: true; readonly document: Uint8Array; readonly speaksAlone: boolean }
  | { readonly ok: false; readonly rejection: Rejection }

const reasons: Readonly<Record<PidfFault, string>> = {
  'not-utf8': 'Presence Document Is Not UTF-8',
  'not-well-formed': 'Presence Document Is Not Well-Formed XML',
  dtd: 'Presence Document Has A DTD',
  'too-large': 'Presence Document Too Large',
  'too-deep': 'Presence Document Too Deep',
  'too-many-nodes': 'Presence Document Has Too Many Elements',
  'no-presence': 'Body Is No Presence Document',
  'no-entity': 'Presence Document Without Entity',
  'bad-tuple': 'Malformed Tuple In Presence Document',
  'bad-basic': 'Unknown Basic Status In Presence Document',
  'bad-timestamp': 'Bad Timestamp In Presence Document',
  'duplicate-id': 'Duplicate Id In Presence Document',
}

/**
 * The document is a copy: the body shares its bytes with the whole message. `systemMs`: of the clock that documents
 * write.
 */
export function checkDocument(body: Uint8Array, aor: Aor, systemMs: number): CheckedDocument {
  const read = parsePidf(body)
  if (!read.ok) {
    const { fault } = read
    return { ok: false, rejection: rejection({ status: 400, reason: reasons[fault], event: `presence.${fault}` }) }
  }
  const named = parseAor(read.document.entity.replace(/^pres:/i, 'sip:'))
  if (named !== aor) return { ok: false, rejection: wrongEntity }
  return { ok: true, document: Buffer.from(body), speaksAlone: speaksAlone(read.document, systemMs) }
}
