/**
 * Partial presence (RFC 5262): a whole document with a version, or what has changed since the one before, as patch
 * operations. For notifications (RFC 5263) `write…`, for publications (RFC 5264) `parse…` and `applyPidfDiff`.
 */
import { Buffer } from 'node:buffer'
import { attributeOf, parseXml, writeXml, type XmlElement, xmlnsNamespace } from '../xml/index.ts'
import { pidfDiffNamespace, pidfNamespace } from './namespaces.ts'
import { type PidfFault, readPidf } from './parse-pidf.ts'
import { numberAttribute, type Parsed, parseAs, requiredAttribute } from './parsed.ts'
import type { PresenceDocument } from './presence-document.ts'
import { patchBetween } from './tree-difference.ts'
import { applyPatch, type PatchFault } from './xml-patch.ts'

export const partialPidfContentType = 'application/pidf-diff+xml'

export type PartialPidf =
  /** `root`: the same as a presence element. */
  | { readonly kind: 'full'; readonly entity: string; readonly version: number | null; readonly root: XmlElement }
  | { readonly kind: 'diff'; readonly entity: string; readonly version: number | null; readonly patch: XmlElement }

/** Versions, whether there is one, and whose presence it is, are the caller's check. Never throws. */
export function parsePartialPidf(bytes: Uint8Array): Parsed<PartialPidf> {
  return parseAs(bytes, pidfDiffNamespace, ['pidf-full', 'pidf-diff'], (root) => {
    const [entity, version] = [requiredAttribute(root, 'entity'), numberAttribute(root, 'version')]
    if (root.local === 'pidf-diff') return { kind: 'diff', entity, version, patch: root }
    const attributes = root.attributes.filter(({ ns, local }) => ns !== '' || local !== 'version')
    return { kind: 'full', entity, version, root: { ...root, ns: pidfNamespace, local: 'presence', attributes } }
  })
}

export type AppliedDiff =
  | { readonly ok: true; readonly bytes: Uint8Array; readonly document: PresenceDocument }
  | { readonly ok: false; readonly fault: PatchFault | PidfFault }

/** `before`: a presence document as it was published. The result is a presence document within all limits. */
export function applyPidfDiff(before: Uint8Array, patch: XmlElement): AppliedDiff {
  const parsed = parseXml(before)
  if (!parsed.ok) return { ok: false, fault: parsed.fault }
  const patched = applyPatch(parsed.root, patch)
  if (!patched.ok) return patched
  const bytes = Buffer.from(writeXml(patched.root))
  // Read anew: what was added may be too deep, too much, or no presence at all.
  const again = parseXml(bytes)
  if (!again.ok) return { ok: false, fault: again.fault }
  const read = readPidf(again.root)
  return read.ok ? { ok: true, bytes, document: read.document } : read
}

const diffPrefix = 'p'

/** `root`: a presence element. */
export function writePidfFull(root: XmlElement, version: number): Uint8Array {
  const own = root.attributes.filter(({ ns, local }) => ns === '' && local === 'entity')
  const declared = root.attributes.filter(({ ns, local }) => ns === xmlnsNamespace && local !== diffPrefix)
  const attributes = [...declared, ...own, { ns: '', local: 'version', prefix: '', value: String(version) }]
  const full = { ...root, ns: pidfDiffNamespace, local: 'pidf-full', prefix: diffPrefix, attributes }
  return Buffer.from(writeXml(full))
}

/** Of two presence elements of one entity. Null: it is no shorter than the whole, or cannot be said: send the whole. */
export function writePidfDiff(before: XmlElement, after: XmlElement, version: number): Uint8Array | null {
  const patch = patchBetween(before, after)
  if (patch === null) return null
  const entity = attributeOf(after, 'entity') ?? ''
  const own = { entity, version: String(version) }
  const attributes = Object.entries(own).map(([local, value]) => ({ ns: '', local, prefix: '', value }))
  const root = { ...patch, attributes: [...patch.attributes, ...attributes] }
  const bytes = Buffer.from(writeXml(root))
  return bytes.length < writePidfFull(after, version).length ? bytes : null
}
