/**
 * Is the body of a PUBLISH a presence document about this user (RFC 3863, RFC 3903 §6 step 5), or a change that makes
 * one of what was published before (RFC 5264)?
 */

import { Buffer } from 'node:buffer'
import { applyPidfDiff, type PidfFault, parsePartialPidf, parsePidf } from '../../documents/index.ts'
import { type Rejection, rejection } from '../../shard/index.ts'
import { ownBytes } from '../../sip/message/own-bytes.ts'
import { type Aor, parseAor } from '../../sip/uri/aor.ts'
import { writeXml } from '../../xml/index.ts'
import { speaksAlone } from '../composition/compose-validity.ts'
import { badChange, changeOfNothing, malformedPartial, tooLarge, wrongEntity } from '../rejections.ts'

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

/** Made once, so that each is counted. */
export const documentRejections = Object.fromEntries(
  Object.entries(reasons).map(([fault, reason]) => [
    fault,
    rejection({ status: 400, reason, event: `presence.${fault}` }),
  ]),
) as Readonly<Record<PidfFault, Rejection>>

export interface DocumentCheck {
  readonly aor: Aor
  /** Of the clock that documents write. */
  readonly systemMs: number
  readonly bytesMax: number
}

/** The document is a copy: the body shares its bytes with the whole message. */
export function checkDocument(body: Uint8Array, { aor, systemMs, bytesMax }: DocumentCheck): CheckedDocument {
  if (body.length > bytesMax) return refused(tooLarge)
  const read = parsePidf(body)
  if (!read.ok) return refused(documentRejections[read.fault])
  if (!isAbout(aor, read.document.entity)) return refused(wrongEntity)
  return { ok: true, document: ownBytes(body), speaksAlone: speaksAlone(read.document, systemMs) }
}

/**
 * RFC 5264 §4: the whole with another root element, or what has changed since `before`; null where nothing was
 * published before. Its version number counts for nothing here: entity tags keep the order.
 */
export function checkPartial(body: Uint8Array, before: Uint8Array | null, check: DocumentCheck): CheckedDocument {
  const read = parsePartialPidf(body)
  if (!read.ok) {
    const { fault } = read
    if (fault === 'malformed') return refused(malformedPartial)
    return refused(documentRejections[fault === 'other-format' ? 'no-presence' : fault])
  }
  const { document } = read
  if (!isAbout(check.aor, document.entity)) return refused(wrongEntity)
  if (document.kind === 'full') return checkDocument(Buffer.from(writeXml(document.root)), check)
  if (before === null) return refused(changeOfNothing)
  const applied = applyPidfDiff(before, document.patch)
  if (applied.ok) return checkDocument(applied.bytes, check)
  return refused(applied.fault in documentRejections ? documentRejections[applied.fault as PidfFault] : badChange)
}

function isAbout(aor: Aor, entity: string): boolean {
  return parseAor(entity.replace(/^pres:/i, 'sip:')) === aor
}

function refused(rejection: Rejection): CheckedDocument {
  return { ok: false, rejection }
}
