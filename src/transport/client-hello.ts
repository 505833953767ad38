/**
 * Whether who begins a TLS connection offers to be a link, read from its ClientHello (RFC 8446 §4.1.2, RFC 7301) before
 * any TLS state is made: links have parameters of their own, which cannot be changed once a handshake has begun. The
 * handshake then reads the same bytes again; nothing is believed here.
 */
import type { Socket } from 'node:net'

/** The application protocol of links (ALPN). */
export const linkProtocol = 'meridian-link'

/** One record; a ClientHello with the longest keys of today has 2 KB. What is longer is a client's. */
const recordBytesMax = 16 * 1024
const recordHeadBytes = 5

/** Calls back once, when enough has come; never for who says nothing, whom the handshake's deadline ends. */
export function peekClientHello(socket: Socket, onSeen: (offersLink: boolean) => void): void {
  let seen: Buffer = Buffer.alloc(0)
  const onData = (chunk: Buffer) => {
    seen = seen.length === 0 ? chunk : Buffer.concat([seen, chunk])
    if (isUnfinished(seen)) return
    socket.off('data', onData).off('end', onEnd)
    socket.pause()
    socket.unshift(seen)
    onSeen(offersLink(seen))
  }
  const onEnd = () => socket.destroy()
  socket.on('data', onData).on('end', onEnd)
}

function isUnfinished(bytes: Buffer): boolean {
  if (bytes[0] !== 0x16 || bytes.length > recordBytesMax) return false
  return bytes.length < recordHeadBytes || bytes.length < recordHeadBytes + bytes.readUInt16BE(3)
}

/** False also for what is no ClientHello, or one in several records. */
export function offersLink(bytes: Buffer): boolean {
  try {
    return applicationProtocols(bytes).includes(linkProtocol)
  } catch (error) {
    // Lengths that lead beyond the end.
    if (error instanceof RangeError) return false
    throw error
  }
}

/** Throws a RangeError where lengths lie. */
function applicationProtocols(bytes: Buffer): string[] {
  // Record: type, version, length; handshake: type, length (3), version (2), random (32).
  if (bytes.readUInt8(0) !== 0x16 || bytes.readUInt8(recordHeadBytes) !== 1) return []
  let at = recordHeadBytes + 4 + 2 + 32
  at += 1 + bytes.readUInt8(at)
  at += 2 + bytes.readUInt16BE(at)
  at += 1 + bytes.readUInt8(at)
  const end = at + 2 + bytes.readUInt16BE(at)
  at += 2
  while (at < end) {
    const type = bytes.readUInt16BE(at)
    const next = at + 4 + bytes.readUInt16BE(at + 2)
    if (type === 16) return namesAt(bytes, at + 6, next)
    at = next
  }
  return []
}

function namesAt(bytes: Buffer, start: number, end: number): string[] {
  const names: string[] = []
  for (let at = start; at < end; ) {
    const next = at + 1 + bytes.readUInt8(at)
    names.push(bytes.toString('latin1', at + 1, next))
    at = next
  }
  return names
}
