/**
 * HEP version 3 (Homer Encapsulation Protocol, also EEP): one captured message as a packet for a collector such as
 * Homer. `HEP3`, the length of the whole, then chunks: vendor, type, length with these six bytes, value; big-endian.
 */
import { ipv6Bytes } from '../sip/uri/ipv6-bytes.ts'

export interface CapturedPacket {
  readonly transport: 'udp' | 'tcp'
  readonly source: CapturedEnd
  readonly destination: CapturedEnd
  /** Microseconds since 1970. */
  readonly atUs: number
  readonly captureId: number
  /** Null: the collector wants none. */
  readonly password: string | null
  /** What belongs together has the same: the Call-ID. */
  readonly correlationId: string
  readonly payload: Uint8Array
}

export interface CapturedEnd {
  readonly address: string
  readonly port: number
}

/** Of the generic chunks (vendor 0). */
const chunk = {
  family: 1,
  protocol: 2,
  source4: 3,
  destination4: 4,
  source6: 5,
  destination6: 6,
  sourcePort: 7,
  destinationPort: 8,
  seconds: 9,
  microseconds: 10,
  protocolType: 11,
  captureId: 12,
  password: 14,
  payload: 15,
  correlationId: 17,
} as const

/** As in `sys/socket.h` of Linux, by which collectors read it. */
const families = { v4: 2, v6: 10 } as const
/** IANA protocol numbers. */
const protocols = { tcp: 6, udp: 17 } as const
const sip = 1
const headBytes = 6

export function encodeHep3(packet: CapturedPacket): Buffer {
  const { transport, source, destination, atUs, captureId, password, correlationId, payload } = packet
  const [from, to] = [addressBytes(source.address), addressBytes(destination.address)]
  const isV4 = from.length === 4 && to.length === 4
  const chunks = [
    numberChunk(chunk.family, 1, isV4 ? families.v4 : families.v6),
    numberChunk(chunk.protocol, 1, protocols[transport]),
    bytesChunk(isV4 ? chunk.source4 : chunk.source6, isV4 ? from : asV6(from)),
    bytesChunk(isV4 ? chunk.destination4 : chunk.destination6, isV4 ? to : asV6(to)),
    numberChunk(chunk.sourcePort, 2, source.port),
    numberChunk(chunk.destinationPort, 2, destination.port),
    numberChunk(chunk.seconds, 4, Math.floor(atUs / 1e6)),
    numberChunk(chunk.microseconds, 4, Math.floor(atUs % 1e6)),
    numberChunk(chunk.protocolType, 1, sip),
    numberChunk(chunk.captureId, 4, captureId),
    ...(password === null ? [] : [bytesChunk(chunk.password, Buffer.from(password))]),
    bytesChunk(chunk.correlationId, Buffer.from(correlationId)),
    bytesChunk(chunk.payload, payload),
  ]
  const head = Buffer.alloc(headBytes)
  head.write('HEP3', 'latin1')
  head.writeUInt16BE(
    chunks.reduce((bytes, { length }) => bytes + length, headBytes),
    4,
  )
  return Buffer.concat([head, ...chunks])
}

/** Lengths have 16 bits: so large is what is not the payload, with room. */
export const payloadBytesMax = 0xffff - 2_048

function numberChunk(type: number, bytes: 1 | 2 | 4, value: number): Buffer {
  const made = Buffer.alloc(headBytes + bytes)
  made.writeUInt16BE(type, 2)
  made.writeUInt16BE(made.length, 4)
  made.writeUIntBE(value, headBytes, bytes)
  return made
}

function bytesChunk(type: number, value: Uint8Array): Buffer {
  const head = Buffer.alloc(headBytes)
  head.writeUInt16BE(type, 2)
  head.writeUInt16BE(headBytes + value.length, 4)
  return Buffer.concat([head, value])
}

/** Four bytes or sixteen; an IPv4 address that a socket of both kinds shows as IPv6 is the former. */
function addressBytes(text: string): Buffer {
  const plain = text.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '')
  if (/^\d+(\.\d+){3}$/.test(plain)) return Buffer.from(plain.split('.').map(Number))
  return ipv6Bytes(plain)
}

/** RFC 4291 §2.5.5.2. */
function asV6(address: Buffer): Buffer {
  if (address.length === 16) return address
  return Buffer.concat([Buffer.alloc(10), Buffer.from([0xff, 0xff]), address])
}
