/**
 * message/cpim (RFC 3862): a message in an envelope that says from whom to whom it goes, whoever carries it.
 * What is in it is decided by its content type; who may be believed, by the server that carried it.
 */
import { Buffer } from 'node:buffer'
import { type NameAddr, parseNameAddr } from '../../sip/message/name-addr.ts'

export interface CpimMessage {
  readonly from: NameAddr | null
  readonly to: NameAddr | null
  /** Milliseconds since 1970. */
  readonly dateTimeMs: number | null
  /** Content-Type of what is wrapped. */
  readonly contentType: string | null
  readonly content: Buffer
  /** By namespace URI and local name, in order: `urn:ietf:params:imdn Message-ID`. */
  readonly extensions: ReadonlyMap<string, string>
}

interface HeaderBlock {
  readonly lines: readonly (readonly [name: string, value: string])[]
  readonly end: number
}

/** Null when the two header blocks do not end, or a line of them is no header. */
export function parseCpim(bytes: Buffer): CpimMessage | null {
  const outer = readBlock(bytes, 0)
  const inner = outer && readBlock(bytes, outer.end)
  if (!inner) return null
  const value = (name: string) => outer.lines.find(([each]) => each === name)?.[1] ?? null
  const dateTime = Date.parse(value('DateTime') ?? '')
  return {
    from: address(value('From')),
    to: address(value('To')),
    dateTimeMs: Number.isNaN(dateTime) ? null : dateTime,
    contentType: inner.lines.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? null,
    content: bytes.subarray(inner.end),
    extensions: extensionsOf(outer),
  }
}

/** Up to and with the empty line. Lines end with CRLF; COMPAT(several) bare LF is taken. */
function readBlock(bytes: Buffer, start: number): HeaderBlock | null {
  const lines: [string, string][] = []
  for (let at = start; at < bytes.length; ) {
    const end = bytes.indexOf(0x0a, at)
    if (end < 0) return null
    const line = bytes.toString('utf8', at, end).replace(/\r$/, '')
    at = end + 1
    if (line === '') return { lines, end: at }
    const colon = line.indexOf(':')
    if (colon < 1) return null
    lines.push([line.slice(0, colon).trim(), line.slice(colon + 1).trim()])
  }
  return null
}

function address(value: string | null): NameAddr | null {
  return value === null ? null : parseNameAddr(value)
}

/** Prefixes are the writer's choice (RFC 3862 §4.6), so names are resolved by what `NS` says. */
function extensionsOf({ lines }: HeaderBlock): ReadonlyMap<string, string> {
  const prefixes = new Map<string, string>()
  const found = new Map<string, string>()
  for (const [name, value] of lines) {
    const declared = name === 'NS' ? /^([^\s<]*)\s*<([^>]+)>$/.exec(value) : null
    if (declared) prefixes.set(declared[1]!, declared[2]!)
    const dot = name.indexOf('.')
    const space = dot < 0 ? undefined : prefixes.get(name.slice(0, dot))
    if (space !== undefined) found.set(`${space} ${name.slice(dot + 1)}`, value)
  }
  return found
}

export interface CpimParts {
  readonly from: string
  readonly to: string
  readonly dateTimeMs: number
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly contentType: string
  readonly contentDisposition: string
  readonly content: Buffer
}

export function encodeCpim(parts: CpimParts): Buffer {
  const { from, to, dateTimeMs, headers, contentType, contentDisposition, content } = parts
  const lines = [`From: <${from}>`, `To: <${to}>`, `DateTime: ${new Date(dateTimeMs).toISOString()}`]
  for (const [name, value] of headers) lines.push(`${name}: ${value}`)
  lines.push('', `Content-Type: ${contentType}`, `Content-Disposition: ${contentDisposition}`)
  lines.push(`Content-Length: ${content.length}`, '', '')
  return Buffer.concat([Buffer.from(lines.join('\r\n')), content])
}
