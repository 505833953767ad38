/**
 * Conditional requests (RFC 9110 §13, RFC 4825 §7.11): whether a request with these headers is to be done, given the
 * entity tag that the document has now. All resources within a document share its tag.
 */
export interface Conditions {
  readonly ifMatch: string | null
  readonly ifNoneMatch: string | null
}

export type ConditionVerdict = 'go-on' | 'not-modified' | 'failed' | 'malformed'

const entityTag = /(?:W\/)?"[^"]*"/g

/** The document's tag, and whether the resource (the document, or a node of it) is there. */
export interface Current {
  readonly etag: string | null
  readonly exists: boolean
}

/**
 * `*` asks whether the resource is there; a tag, whether the document is as the client knows it, also where the node is
 * to be made by this request. `isRead`: a GET, which may be answered with 304.
 */
export function checkConditions(
  { ifMatch, ifNoneMatch }: Conditions,
  current: Current,
  { isRead }: { readonly isRead: boolean },
): ConditionVerdict {
  if (!isWellFormed(ifMatch) || !isWellFormed(ifNoneMatch)) return 'malformed'
  if (ifMatch !== null && !names(ifMatch, current, 'strong')) return 'failed'
  if (ifNoneMatch === null || !names(ifNoneMatch, current, 'weak')) return 'go-on'
  return isRead ? 'not-modified' : 'failed'
}

/** `*`, or entity tags with commas between them. */
function isWellFormed(header: string | null): boolean {
  if (header === null || header.trim() === '*') return true
  return header.includes('"') && /^[\s,]*$/.test(header.replaceAll(entityTag, ''))
}

/** Ours are strong; a weak one equals a strong one only where bytes do not matter (RFC 9110 §8.8.3.2). */
function names(header: string, { etag, exists }: Current, comparison: 'strong' | 'weak'): boolean {
  if (header.trim() === '*') return exists
  const tags = header.match(entityTag) ?? []
  return etag !== null && tags.some((tag) => (comparison === 'weak' ? tag.replace(/^W\//, '') : tag) === `"${etag}"`)
}
