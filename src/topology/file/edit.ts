/**
 * Changes in the text of `topology.yaml` that leave comments, order and spelling as people wrote them. Writing the file
 * is the caller's.
 */
import { isMap, isScalar, isSeq, parseDocument, stringify } from 'yaml'

export interface DeniedCertificate {
  /** SHA-256, lower-case hexadecimal without colons. */
  readonly fingerprint: string
  readonly reason: string | null
  /** `2026-05-01`. */
  readonly deniedAt: string
}

/** Long reasons stay on their line: a fold would move every line below it in a difference. */
const written = { lineWidth: 0 }

/** The same text with another version, and nothing else. It must be a topology that `parseTopology` takes. */
export function withVersion(text: string, version: number): string {
  const node = parseDocument(text, { version: '1.2', schema: 'core' }).get('version', true)
  if (!isScalar(node) || !node.range) throw new TypeError('the text is no topology: it has no version')
  const [start, end] = node.range
  return `${text.slice(0, start)}${version}${text.slice(end)}`
}

/** The text with one more denied certificate and the next version. */
export function withDenied(text: string, version: number, denied: DeniedCertificate): string {
  const { fingerprint, reason, deniedAt } = denied
  const entry = { fingerprint, ...(reason === null ? {} : { reason }), deniedAt }
  const raised = withVersion(text, version)
  const document = parseDocument(raised, { version: '1.2', schema: 'core' })
  const list = document.get('deniedCertificates')
  if (isSeq(list)) list.add(document.createNode(entry))
  else if (document.has('deniedCertificates') || isInBraces(document.contents))
    document.set('deniedCertificates', document.createNode([entry]))
  // The first one: what stands there stays to the letter.
  else return `${raised.trimEnd()}\n${stringify({ deniedCertificates: [entry] }, written)}`
  return document.toString(written)
}

/** The whole file is one `{ … }`, behind which nothing can be added. */
function isInBraces(contents: unknown): boolean {
  return isMap(contents) && contents.flow === true
}
