/**
 * A changed copy of a message for forwarding (RFC 3261 §16.6): untouched header lines and the body leave as the bytes
 * they came in, changed ones are written in their long form. New messages are made by `encode.ts`.
 */
import { HeaderId, headerIdOf, headerName } from './header-id.ts'
import { listValueEnd } from './list.ts'
import type { SipMessage } from './sip-message.ts'
import { headTextOf, joinMessage } from './text.ts'

/** A line that replaces or joins those of the message. */
interface NewLine {
  readonly id: HeaderId
  readonly name: string
  readonly value: string
}

/** A header by id, or by name where it has no id of its own. */
export type HeaderKey = HeaderId | string

export class MessageEditor {
  readonly #message: SipMessage
  /** In order: the number of a line of the message, or a new line. */
  readonly #lines: (number | NewLine)[] = []
  #requestUri: string | null = null
  #body: Uint8Array | null = null

  constructor(message: SipMessage) {
    this.#message = message
    for (let line = 0; line < message.headersCount; line++) this.#lines.push(line)
  }

  requestUri(uri: string): this {
    this.#requestUri = headTextOf(uri)
    return this
  }

  /** A new line before the first of its name; after the start line when there is none. */
  prepend(key: HeaderKey, value: string): this {
    const line = newLine(key, value)
    this.#lines.splice(Math.max(0, this.#find(line)), 0, line)
    return this
  }

  /** A new line after all others. */
  append(key: HeaderKey, value: string): this {
    this.#lines.push(newLine(key, value))
    return this
  }

  /** The first line of that name says `value` instead; one is added when there is none. */
  replaceFirst(key: HeaderKey, value: string): this {
    const line = newLine(key, value)
    const index = this.#find(line)
    if (index < 0) this.#lines.push(line)
    else this.#lines[index] = line
    return this
  }

  /** Takes away the first value of a list: the top Via, the first Route. The rest of its line stays. */
  removeFirstValue(key: HeaderKey): this {
    const wanted = keyLine(key)
    const index = this.#find(wanted)
    if (index < 0) return this
    const line = this.#lines[index]!
    const value = typeof line === 'number' ? this.#message.valueAt(line) : line.value
    const rest = value.slice(listValueEnd(value, 0) + 1).trimStart()
    if (rest === '') this.#lines.splice(index, 1)
    else this.#lines[index] = { ...wanted, value: rest }
    return this
  }

  removeAll(key: HeaderKey): this {
    const wanted = keyLine(key)
    for (let index = this.#find(wanted); index >= 0; index = this.#find(wanted)) this.#lines.splice(index, 1)
    return this
  }

  /** Takes away those lines of that name whose unfolded value `isUnwanted`. */
  removeLines(key: HeaderKey, isUnwanted: (value: string) => boolean): this {
    const wanted = keyLine(key)
    for (let index = this.#lines.length - 1; index >= 0; index--) {
      const line = this.#lines[index]!
      if (!this.#isNamed(line, wanted)) continue
      if (isUnwanted(typeof line === 'number' ? this.#message.valueAt(line) : line.value)) this.#lines.splice(index, 1)
    }
    return this
  }

  /** Another body, with its Content-Length; the type is the caller's to say. */
  body(bytes: Uint8Array): this {
    this.#body = bytes
    return this
  }

  encode(): Buffer {
    const message = this.#message
    const body = this.#body
    const bodyBytes = body === null ? message.bodyEnd - message.bodyStart : body.length
    // A datagram may lack it; where the message goes, it may be needed (RFC 3261 §20.14).
    if (body !== null || !message.has(HeaderId.contentLength)) {
      this.replaceFirst(HeaderId.contentLength, String(bodyBytes))
    }
    const head = `${this.#startLine()}${this.#headerLines()}\r\n`
    return body === null
      ? joinMessage(head, message.bytes, message.bodyStart, message.bodyEnd)
      : joinMessage(head, body, 0, body.length)
  }

  #startLine(): string {
    const message = this.#message
    if (this.#requestUri === null || !message.isRequest) return message.headText.slice(0, message.headersStart)
    return `${message.method} ${this.#requestUri} SIP/2.0\r\n`
  }

  /** Lines that stand together in the message are copied together. */
  #headerLines(): string {
    const message = this.#message
    const text = message.headText
    const lines = this.#lines
    let head = ''
    let index = 0
    while (index < lines.length) {
      const line = lines[index++]!
      if (typeof line !== 'number') {
        head += `${line.name}: ${headTextOf(line.value)}\r\n`
        continue
      }
      let next = line + 1
      while (index < lines.length && lines[index] === next) {
        index++
        next++
      }
      head += text.slice(message.lineStartAt(line), message.lineStartAt(next))
    }
    return head
  }

  #find(wanted: NewLine): number {
    const lines = this.#lines
    for (let index = 0; index < lines.length; index++) {
      if (this.#isNamed(lines[index]!, wanted)) return index
    }
    return -1
  }

  #isNamed(line: number | NewLine, wanted: NewLine): boolean {
    const id = typeof line === 'number' ? this.#message.idAt(line) : line.id
    if (id !== wanted.id) return false
    if (id !== HeaderId.other) return true
    const name = typeof line === 'number' ? this.#message.nameAt(line) : line.name
    return name.toLowerCase() === wanted.name.toLowerCase()
  }
}

function keyLine(key: HeaderKey): NewLine {
  return newLine(key, '')
}

function newLine(key: HeaderKey, value: string): NewLine {
  if (typeof key === 'number') return { id: key, name: headerName(key), value }
  return { id: headerIdOf(key), name: key, value }
}
