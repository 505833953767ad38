/**
 * XCAP URIs (RFC 4825 §6): root, application usage, tree, user, document, and the node behind `/~~/`. What cannot be
 * one is refused here, in words, before anybody looks for it.
 */
import { type Aor, parseAor } from '../sip/uri/aor.ts'
import { documentNameCharsMax, requestTargetCharsMax } from './limits.ts'

export interface XcapTarget {
  readonly auid: string
  /** Whose home directory; null in the global tree. */
  readonly owner: Aor | null
  /** Segments behind the home directory or `global`; one, as there are no further directories. */
  readonly document: readonly string[]
  /** Path of the document as the client wrote it. */
  readonly documentPath: string
  /** Node selector, decoded; null: the whole document. */
  readonly node: string | null
  readonly prefixes: ReadonlyMap<string, string>
}

export type ParsedTarget =
  | { readonly ok: true; readonly target: XcapTarget }
  | { readonly ok: false; readonly status: 400 | 404 | 414; readonly message: string }

/** `path` and `query` as they came, not decoded; `path` begins with `root`. */
export function parseTarget(root: string, path: string, query: string): ParsedTarget {
  if (path.length + query.length > requestTargetCharsMax) return refused(414, 'the URI is too long')
  const [documentPath, node] = splitNode(path)
  const segments = documentPath
    .slice(root.length + 1)
    .split('/')
    .map(decodeSegment)
  if (node === null || segments.some((segment) => segment === null)) {
    return refused(400, 'a percent escape is broken, or a part of the path is empty, a dot, or holds what no name may')
  }
  const prefixes = parsePrefixes(query)
  if (prefixes === null) return refused(400, 'the query may hold xmlns(prefix=namespace) and nothing else')
  return assemble(segments as string[], { documentPath, node: node ?? null, prefixes })
}

function refused(status: 400 | 404 | 414, message: string): ParsedTarget {
  return { ok: false, status, message }
}

/** Node null: it cannot be decoded; undefined: there is none. */
function splitNode(path: string): readonly [string, string | null | undefined] {
  const at = path.indexOf('/~~')
  if (at < 0) return [path, undefined]
  const node = path.slice(at + 4)
  return [path.slice(0, at), path[at + 3] === '/' && node !== '' ? decode(node) : null]
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}

/** A name that could climb out of its directory, were it ever used as one, is no name. */
function decodeSegment(segment: string): string | null {
  const text = decode(segment)
  return text === null || text === '' || text === '.' || text === '..' || /[/\\\p{Cc}]/u.test(text) ? null : text
}

function assemble(
  segments: readonly string[],
  rest: Pick<XcapTarget, 'documentPath' | 'node' | 'prefixes'>,
): ParsedTarget {
  const [auid, tree, ...below] = segments
  if (auid === undefined || below.length === 0) return refused(404, 'this names no document')
  if (below.some((segment) => segment.length > documentNameCharsMax + (tree === 'users' ? 256 : 0))) {
    return refused(414, `a document's name has at most ${documentNameCharsMax} characters`)
  }
  if (tree === 'global') return { ok: true, target: { auid, owner: null, document: below, ...rest } }
  if (tree !== 'users') return refused(404, 'below an application usage there are users and global')
  const [user, ...document] = below
  const owner = parseUser(user!)
  if (owner === null) return refused(404, `${user} is no address of a user`)
  if (document.length === 0) return refused(404, 'this names no document')
  if (document.some((segment) => segment.length > documentNameCharsMax)) {
    return refused(414, `a document's name has at most ${documentNameCharsMax} characters`)
  }
  return { ok: true, target: { auid, owner, document, ...rest } }
}

/** COMPAT(many): an XCAP User Identifier is an AOR here, and some clients leave its scheme away. */
function parseUser(text: string): Aor | null {
  return parseAor(/^sips?:/i.test(text) ? text : `sip:${text}`)
}

/** Null for anything that is not xmlns() (RFC 4825 §6.4, from the XPointer xmlns() scheme). */
function parsePrefixes(query: string): ReadonlyMap<string, string> | null {
  const text = decode(query)
  const prefixes = new Map<string, string>()
  if (text === null || text === '') return text === null ? null : prefixes
  const binding = /\s*xmlns\(\s*([^\s=()]+)\s*=\s*([^()]*)\)\s*/y
  while (binding.lastIndex < text.length) {
    const found = binding.exec(text)
    if (!found) return null
    prefixes.set(found[1]!, found[2]!.trim())
  }
  return prefixes
}
