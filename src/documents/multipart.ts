/**
 * Bodies of several parts (MIME, RFC 2046 §5.1) of which one is the root that names the others by their content ids
 * (multipart/related, RFC 2387; `cid` URLs, RFC 2392).
 */
import { Buffer } from 'node:buffer'

export interface BodyPart {
  readonly contentType: string
  /** Without angle brackets; null: nobody can name it. */
  readonly contentId: string | null
  readonly bytes: Uint8Array
}

/** A body with the Content-Type of the message that carries it. */
export interface TypedBody {
  readonly contentType: string
  readonly bytes: Uint8Array
}

export type MultipartFault = 'no-boundary' | 'no-part' | 'unterminated' | 'too-many-parts' | 'no-root'

export type ParsedMultipart =
  | { readonly ok: true; readonly root: BodyPart; readonly parts: readonly BodyPart[] }
  | { readonly ok: false; readonly fault: MultipartFault }

/** As many as a list of a thousand contacts needs. */
export const partsMax = 2_000

/**
 * `root` first. `boundary`: up to 60 letters and digits that are hard to guess, so that nobody who writes a part can
 * end it early; one that stands in a part nevertheless is changed.
 */
export function writeRelated(root: BodyPart, parts: readonly BodyPart[], boundary: string): TypedBody {
  const all = [root, ...parts]
  const bodies = all.map(({ bytes }) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
  let free = boundary
  for (let number = 0; bodies.some((body) => body.includes(`--${free}`)); number++) free = `${boundary}.${number}`
  const heads = all.map((part, index) => headText(part, free, index === 0))
  const [type = ''] = root.contentType.split(';')
  const start = root.contentId === null ? '' : `;start="<${root.contentId}>"`
  return {
    // COMPAT(Linphone 5.1): a boundary in quotes is not found, and the client dies. A token needs none.
    contentType: `multipart/related;type="${type.trim()}"${start};boundary=${free}`,
    bytes: joined(heads, bodies, `\r\n--${free}--\r\n`),
  }
}

/** Each head with its body, in one piece of memory. */
function joined(heads: readonly string[], bodies: readonly Buffer[], end: string): Uint8Array {
  let size = Buffer.byteLength(end)
  for (const head of heads) size += Buffer.byteLength(head)
  for (const body of bodies) size += body.length
  const bytes = Buffer.allocUnsafe(size)
  let at = 0
  heads.forEach((head, index) => {
    at += bytes.write(head, at)
    bytes.set(bodies[index]!, at)
    at += bodies[index]!.length
  })
  bytes.write(end, at)
  return bytes
}

function headText({ contentType, contentId }: BodyPart, boundary: string, isFirst: boolean): string {
  const id = contentId === null ? '' : `Content-ID: <${contentId}>\r\n`
  const delimiter = `${isFirst ? '' : '\r\n'}--${boundary}\r\n`
  return `${delimiter}Content-Transfer-Encoding: binary\r\n${id}Content-Type: ${contentType}\r\n\r\n`
}

/** `contentType`: of the message. Bytes of the parts are views of `bytes`. Never throws. */
export function parseMultipart(contentType: string, bytes: Uint8Array): ParsedMultipart {
  const boundary = parameterOf(contentType, 'boundary')
  if (boundary === null || boundary === '') return { ok: false, fault: 'no-boundary' }
  const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const parts: BodyPart[] = []
  let delimiter = findDelimiter(body, boundary, 0)
  if (delimiter === null) return { ok: false, fault: 'no-part' }
  while (!delimiter.isLast) {
    if (parts.length === partsMax) return { ok: false, fault: 'too-many-parts' }
    const next = findDelimiter(body, boundary, delimiter.end)
    if (next === null) return { ok: false, fault: 'unterminated' }
    parts.push(readPart(body.subarray(delimiter.end, Math.max(delimiter.end, next.start))))
    delimiter = next
  }
  const start = parameterOf(contentType, 'start')
  const root = start === null ? parts[0] : parts.find(({ contentId }) => contentId === withoutBrackets(start))
  return root ? { ok: true, root, parts } : { ok: false, fault: parts.length === 0 ? 'no-part' : 'no-root' }
}

interface Delimiter {
  /** Of the line end that belongs to it. */
  readonly start: number
  readonly end: number
  readonly isLast: boolean
}

function findDelimiter(body: Buffer, boundary: string, from: number): Delimiter | null {
  const dashes = `--${boundary}`
  for (let at = body.indexOf(dashes, from); at >= 0; at = body.indexOf(dashes, at + 1)) {
    // A line begins at the start of the body, or behind the head of a part that is empty.
    const isLine = at === 0 || body.toString('latin1', at - 2, at) === '\r\n'
    if (!isLine) continue
    const [, last, rest] =
      /^(--)?([ \t]*(?:\r\n|$))/.exec(body.toString('latin1', at + dashes.length, at + dashes.length + 80)) ?? []
    if (rest === undefined) continue
    const end = at + dashes.length + (last?.length ?? 0) + rest.length
    return { start: Math.max(0, at - 2), end, isLast: last !== undefined }
  }
  return null
}

function readPart(part: Buffer): BodyPart {
  // A part without a head begins with its empty line.
  const isBare = part.toString('latin1', 0, 2) === '\r\n'
  const headEnd = isBare ? 0 : part.indexOf('\r\n\r\n')
  const head = isBare || headEnd < 0 ? '' : part.toString('latin1', 0, headEnd)
  const bytes = headEnd < 0 ? part.subarray(part.length) : part.subarray(headEnd + (isBare ? 2 : 4))
  const fields = new Map<string, string>()
  for (const line of head.replace(/\r\n[ \t]+/g, ' ').split('\r\n')) {
    const colon = line.indexOf(':')
    if (colon > 0) fields.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim())
  }
  const id = fields.get('content-id')
  return {
    contentType: fields.get('content-type') ?? 'text/plain',
    contentId: id === undefined ? null : withoutBrackets(id),
    bytes,
  }
}

function withoutBrackets(id: string): string {
  return id.trim().replace(/^<(.*)>$/, '$1')
}

const parameters = /;\s*([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]+))/g

/** Of a Content-Type, without quotes. */
function parameterOf(contentType: string, name: string): string | null {
  for (const [, key, quoted, token] of contentType.matchAll(parameters)) {
    if (key!.toLowerCase() === name) return quoted === undefined ? token! : quoted.replace(/\\(.)/g, '$1')
  }
  return null
}
