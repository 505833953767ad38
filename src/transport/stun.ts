/**
 * STUN Binding, as far as the keep-alive of RFC 5626 §4.4.2 needs it (RFC 8489 §§5, 6.3.1.1, 14.2): a request is
 * answered with the address that it came from. No authentication, as 5626 demands; when to ask is the client's.
 */
import { isIPv4, isIPv6 } from 'node:net'
import { ipv6Bytes } from '../sip/uri/ipv6-bytes.ts'

const magicCookie = 0x2112a442
const headerBytes = 20

const MessageType = { bindingRequest: 0x0001, bindingIndication: 0x0011, bindingSuccess: 0x0101, bindingError: 0x0111 }

const Attribute = { errorCode: 0x0009, unknownAttributes: 0x000a, xorMappedAddress: 0x0020 }

/**
 * Attributes below 0x8000 must be understood. MAPPED-ADDRESS, USERNAME, MESSAGE-INTEGRITY, REALM, NONCE and their kin
 * are understood in that they mean nothing here; CHANGE-REQUEST and TURN's or ICE's ask for what we do not do.
 */
const harmlessAttributes = new Set([
  0x0001, 0x0006, 0x0008, 0x0009, 0x000a, 0x0014, 0x0015, 0x001c, 0x001d, 0x001e, 0x0020,
])

export interface StunAddress {
  readonly address: string
  readonly port: number
}

/** Whether a datagram is STUN: two zero bits, the cookie, and a length that is right. SIP begins with a letter. */
export function isStun(bytes: Buffer): boolean {
  return (
    bytes.length >= headerBytes &&
    (bytes[0] as number) < 0x40 &&
    bytes.readUInt32BE(4) === magicCookie &&
    bytes.readUInt16BE(2) === bytes.length - headerBytes &&
    bytes.length % 4 === 0
  )
}

/** The answer to a STUN datagram, or null where none is due (responses, indications, broken attributes). */
export function answerStun(bytes: Buffer, source: StunAddress): Buffer | null {
  if (!isStun(bytes) || bytes.readUInt16BE(0) !== MessageType.bindingRequest) return null
  const attributes = listAttributes(bytes)
  if (!attributes) return null
  const unknown = attributes
    .filter(({ type }) => type < 0x8000 && !harmlessAttributes.has(type))
    .map(({ type }) => type)
  const transactionId = bytes.subarray(8, headerBytes)
  if (unknown.length > 0) return encodeUnknownAttributes(transactionId, unknown)
  const mapped = encodeXorMapped(transactionId, source)
  return mapped && encodeMessage(MessageType.bindingSuccess, transactionId, [mapped])
}

/** A request for a client's keep-alive. `transactionId`: 12 random bytes. */
export function encodeBindingRequest(transactionId: Uint8Array): Buffer {
  return encodeMessage(MessageType.bindingRequest, transactionId, [])
}

/** Our address as the server sees it, from a success response; null when it is none, or belongs to another request. */
export function decodeBindingSuccess(bytes: Buffer, transactionId: Uint8Array): StunAddress | null {
  if (!isStun(bytes) || bytes.readUInt16BE(0) !== MessageType.bindingSuccess) return null
  if (!bytes.subarray(8, headerBytes).equals(transactionId)) return null
  const mapped = listAttributes(bytes)?.find(({ type }) => type === Attribute.xorMappedAddress)
  return mapped ? decodeXorMapped(transactionId, mapped.value) : null
}

function listAttributes(bytes: Buffer): { type: number; value: Buffer }[] | null {
  const attributes: { type: number; value: Buffer }[] = []
  for (let at = headerBytes; at < bytes.length; ) {
    const size = at + 4 <= bytes.length ? bytes.readUInt16BE(at + 2) : Number.POSITIVE_INFINITY
    if (at + 4 + size > bytes.length) return null
    attributes.push({ type: bytes.readUInt16BE(at), value: bytes.subarray(at + 4, at + 4 + size) })
    at += 4 + size + padding(size)
  }
  return attributes
}

function encodeMessage(type: number, transactionId: Uint8Array, attributes: readonly Buffer[]): Buffer {
  const body = Buffer.concat(attributes)
  const head = Buffer.alloc(headerBytes)
  head.writeUInt16BE(type, 0)
  head.writeUInt16BE(body.length, 2)
  head.writeUInt32BE(magicCookie, 4)
  head.set(transactionId, 8)
  return Buffer.concat([head, body])
}

function encodeAttribute(type: number, value: Buffer): Buffer {
  const attribute = Buffer.alloc(4 + value.length + padding(value.length))
  attribute.writeUInt16BE(type, 0)
  attribute.writeUInt16BE(value.length, 2)
  value.copy(attribute, 4)
  return attribute
}

function encodeUnknownAttributes(transactionId: Uint8Array, types: readonly number[]): Buffer {
  const code = encodeAttribute(Attribute.errorCode, Buffer.from([0, 0, 4, 20, ...Buffer.from('Unknown Attribute')]))
  const list = Buffer.alloc(2 * types.length)
  for (const [index, type] of types.entries()) list.writeUInt16BE(type, 2 * index)
  const attributes = [code, encodeAttribute(Attribute.unknownAttributes, list)]
  return encodeMessage(MessageType.bindingError, transactionId, attributes)
}

/** Exclusive-or with cookie and transaction id: NATs that rewrite addresses in payloads do not recognise it. */
function encodeXorMapped(transactionId: Uint8Array, { address, port }: StunAddress): Buffer | null {
  const family = isIPv4(address) ? 1 : isIPv6(address) ? 2 : 0
  if (family === 0) return null
  const plain = family === 1 ? Buffer.from(address.split('.').map(Number)) : ipv6Bytes(address)
  const value = Buffer.alloc(4 + plain.length)
  value[1] = family
  value.writeUInt16BE(port ^ (magicCookie >>> 16), 2)
  value.set(xorAddress(transactionId, plain), 4)
  return encodeAttribute(Attribute.xorMappedAddress, value)
}

function decodeXorMapped(transactionId: Uint8Array, value: Buffer): StunAddress | null {
  const family = value[1]
  if (!((family === 1 && value.length === 8) || (family === 2 && value.length === 20))) return null
  const port = value.readUInt16BE(2) ^ (magicCookie >>> 16)
  const plain = xorAddress(transactionId, value.subarray(4))
  return { address: family === 1 ? plain.join('.') : ipv6Text(plain), port }
}

function xorAddress(transactionId: Uint8Array, address: Uint8Array): Buffer {
  const mask = Buffer.alloc(16)
  mask.writeUInt32BE(magicCookie, 0)
  mask.set(transactionId, 4)
  return Buffer.from(address.map((byte, index) => byte ^ (mask[index] as number)))
}

function ipv6Text(bytes: Buffer): string {
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(2 * index).toString(16))
  // The URL parser writes RFC 5952's canonical form.
  return new URL(`http://[${groups.join(':')}]/`).hostname.slice(1, -1)
}

function padding(size: number): number {
  return (4 - (size % 4)) % 4
}
