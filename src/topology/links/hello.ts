/**
 * The first exchange of a link: an OPTIONS in which the end that has connected says who it is, and the answer in which
 * the other end does the same. Whether that is true is `certificate-check.ts`'s; what is said here is only read.
 */
import { placesPerServer } from '../../ports/places.ts'
import type { ServerRole } from '../../ports/topology.ts'
import { encodeRequest, encodeResponse } from '../../sip/message/encode.ts'
import { HeaderId } from '../../sip/message/header-id.ts'
import type { SipMessage } from '../../sip/message/sip-message.ts'

export interface Hello {
  readonly name: string
  readonly role: ServerRole
  /** 64 random bits of this start, hexadecimal. */
  readonly bootId: string
  /** 1 to `placesPerServer`. */
  readonly workersCount: number
  readonly topologyVersion: number
  /** The sender's system clock. */
  readonly timeMs: number
  readonly protocol: { readonly major: number; readonly minor: number }
  /**
   * DER in base64: the authorities between the sender's certificate and a root. Node gives those that came in the
   * handshake to the end that has connected only. They are believed no more than what comes by a handshake: their
   * signatures count.
   */
  readonly intermediates: readonly string[]
}

const helloType = 'application/vnd.meridian.hello+json'
const helloBytesMax = 32 * 1024
/** With a few kilobytes each, and more than any chain has. */
const intermediatesMax = 6
const roles: readonly ServerRole[] = ['home', 'front-end', 'both']

export function encodeHello(hello: Hello, peer: string, connectionId: string): Buffer {
  return encodeRequest({
    method: 'OPTIONS',
    requestUri: `sip:${peer}`,
    headers: [
      ['Via', `SIP/2.0/TLS ${hello.name};branch=z9hG4bK${connectionId}`],
      ['Max-Forwards', '0'],
      ['From', `<sip:${hello.name}>;tag=${connectionId}`],
      ['To', `<sip:${peer}>`],
      ['Call-ID', connectionId],
      ['CSeq', '1 OPTIONS'],
    ],
    contentType: helloType,
    body: Buffer.from(JSON.stringify(hello)),
  })
}

export function encodeHelloAnswer(request: SipMessage, hello: Hello): Buffer {
  const body = Buffer.from(JSON.stringify(hello))
  return encodeResponse(request, 200, { toTag: hello.bootId, contentType: helloType, body })
}

/** Whether a client's request is none, but the beginning of a link. */
export function isHello(message: SipMessage): boolean {
  return message.method === 'OPTIONS' && message.first(HeaderId.contentType)?.toLowerCase() === helloType
}

/** Null for what says no hello. */
export function readHello(message: SipMessage): Hello | null {
  if (message.first(HeaderId.contentType)?.toLowerCase() !== helloType || message.body.length > helloBytesMax)
    return null
  let said: unknown
  try {
    said = JSON.parse(message.body.toString())
  } catch {
    // Any text may come; what is no JSON says no hello.
    return null
  }
  return isRecord(said) ? checked(said) : null
}

function checked(said: Record<string, unknown>): Hello | null {
  const { name, role, bootId, workersCount, topologyVersion, timeMs, protocol, intermediates } = said
  const knownRole = roles.find((each) => each === role)
  if (typeof name !== 'string' || !/^[a-z0-9_.-]{1,253}$/.test(name) || knownRole === undefined) return null
  if (typeof bootId !== 'string' || !/^[0-9a-f]{16}$/.test(bootId)) return null
  if (!isCount(workersCount) || workersCount < 1 || workersCount > placesPerServer) return null
  if (!isCount(topologyVersion) || typeof timeMs !== 'number' || !isRecord(protocol)) return null
  const { major, minor } = protocol
  if (!isCount(major) || !isCount(minor)) return null
  if (!isTexts(intermediates) || intermediates.length > intermediatesMax) return null
  const version = { major, minor }
  return { name, role: knownRole, bootId, workersCount, topologyVersion, timeMs, protocol: version, intermediates }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string')
}
