/**
 * The keys of TLS session tickets (RFC 5077 §4, RFC 8446 §4.6.1): shared by the workers, kept over a restart, rotated.
 * With them a restart storm is resumptions instead of full handshakes. Handing them to the listeners is the runtime's.
 */
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { writeSecretFile } from './files.ts'

/** Node's `ticketKeys`: 16 bytes of name, 16 for the MAC, 16 for the cipher. */
export const ticketKeyBytes = 48

/** Who has the key of a day can read the day's TLS 1.2 sessions, so it lives no longer. */
export const ticketKeyLifetimeMs = 24 * 60 * 60_000

export interface TicketKeys {
  readonly current: Buffer
  /** When `current` was made, system clock. */
  readonly madeMs: number
  /** Node's TLS opens tickets of one key only; this one is kept for transports that open those of two. */
  readonly previous: Buffer | null
}

export function createTicketKeys(nowMs: number): TicketKeys {
  return { current: randomBytes(ticketKeyBytes), madeMs: nowMs, previous: null }
}

export function rotateTicketKeys(keys: TicketKeys, nowMs: number): TicketKeys {
  return { current: randomBytes(ticketKeyBytes), madeMs: nowMs, previous: keys.current }
}

/** Also due when the clock was set back behind the making: the key's age is then unknown. */
export function isRotationDue(keys: TicketKeys, nowMs: number): boolean {
  return nowMs < keys.madeMs || nowMs - keys.madeMs >= ticketKeyLifetimeMs
}

/** The file's keys; fresh ones, written, where there is no usable file; rotated, written, where they are due. */
export function loadTicketKeys(path: string, nowMs: number): TicketKeys {
  const found = readTicketKeys(path)
  if (found && !isRotationDue(found, nowMs)) return found
  const keys = found ? rotateTicketKeys(found, nowMs) : createTicketKeys(nowMs)
  storeTicketKeys(path, keys)
  return keys
}

export function storeTicketKeys(path: string, keys: TicketKeys): void {
  const text = {
    current: keys.current.toString('base64'),
    madeMs: keys.madeMs,
    previous: keys.previous?.toString('base64') ?? null,
  }
  writeSecretFile(path, `${JSON.stringify(text)}\n`)
}

/** Null for a missing or broken file: losing ticket keys costs handshakes, and nothing else. */
export function readTicketKeys(path: string): TicketKeys | null {
  try {
    const { current, madeMs, previous } = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>
    const currentKey = decodeKey(current)
    if (!currentKey || typeof madeMs !== 'number') return null
    return { current: currentKey, madeMs, previous: decodeKey(previous) }
  } catch {
    return null
  }
}

function decodeKey(text: unknown): Buffer | null {
  const key = typeof text === 'string' ? Buffer.from(text, 'base64') : null
  return key?.length === ticketKeyBytes ? key : null
}
