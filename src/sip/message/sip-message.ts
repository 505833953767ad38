/**
 * A SIP message as it came: its bytes, and where its parts stand in them (RFC 3261 §7). Values are decoded when asked
 * for, structured ones once. Made by `parse.ts` only; changed copies are written by `edit.ts`.
 */

import { parseSipUri, type SipUri } from '../uri/sip-uri.ts'
import { HeaderId, headerIdOf } from './header-id.ts'
import {
  foldedFlag,
  idMask,
  intsPerLine,
  lineStartAt,
  nameLengthShift,
  valueEndAt,
  valueStartAt,
} from './header-table.ts'
import { maxForwardsMax } from './limits.ts'
import { firstListValue, listValueEnd, splitList } from './list.ts'
import { type ContactValue, type NameAddr, parseContact, parseExpires, parseNameAddr } from './name-addr.ts'
import { skipBlanks } from './params.ts'
import { digitsAt, headTextAt, parseDigits, textAt, unfold } from './text.ts'
import { parseVia, type Via } from './via.ts'

/** What the scan of the head found; all positions are offsets into the bytes. */
export interface HeadScan {
  isRequest: boolean
  method: string
  statusCode: number
  /** Request-URI of requests, reason phrase of responses. */
  targetStart: number
  targetEnd: number
  /** End of the start line, where the first header line begins. */
  linesStart: number
  linesCount: number
  /** The empty line after the headers. */
  linesEnd: number
  /** Whether all header lines are ASCII, so that head text is text. */
  isAscii: boolean
  bodyStart: number
  bodyEnd: number
}

/** A message for another thread: structured-cloneable, and whole again without a second scan. */
export interface TransferredMessage {
  readonly bytes: Uint8Array
  /** `HeadScan` in its order, then the rows of the header lines. */
  readonly table: Int32Array
  readonly method: string
}

export interface HeaderLine {
  readonly id: HeaderId
  /** As it came: `v` for a compact Via. */
  readonly name: string
  /** Unfolded and trimmed. */
  readonly value: string
}

export interface CSeq {
  readonly number: number
  readonly method: string
}

const transferredInts = 10

export class SipMessage {
  /** The whole message, from start line to the end of the body. */
  readonly bytes: Buffer
  readonly isRequest: boolean
  /** As it came, and known ones as shared strings; `''` for responses. */
  readonly method: string
  /** 0 for requests. */
  readonly statusCode: number
  readonly headersCount: number
  /** Offset of the first header line. */
  readonly headersStart: number
  /** Offset of the empty line that ends the headers. */
  readonly headersEnd: number
  readonly bodyStart: number
  readonly bodyEnd: number
  readonly #isAscii: boolean
  readonly #targetStart: number
  readonly #targetEnd: number
  readonly #table: Int32Array
  readonly #base: number
  // Cached views: undefined until first asked for.
  #headText: string | undefined
  #requestUri: string | undefined
  #requestSipUri: SipUri | null | undefined
  #from: NameAddr | null | undefined
  #to: NameAddr | null | undefined
  #topVia: Via | null | undefined
  #cseq: CSeq | null | undefined
  #callId: string | null | undefined
  #contacts: ContactValue[] | 'star' | null | undefined

  constructor(bytes: Buffer, scan: Readonly<HeadScan>, table: Int32Array, base: number) {
    this.bytes = bytes
    this.isRequest = scan.isRequest
    this.method = scan.method
    this.statusCode = scan.statusCode
    this.headersCount = scan.linesCount
    this.headersStart = scan.linesStart
    this.headersEnd = scan.linesEnd
    this.bodyStart = scan.bodyStart
    this.bodyEnd = scan.bodyEnd
    this.#isAscii = scan.isAscii
    this.#targetStart = scan.targetStart
    this.#targetEnd = scan.targetEnd
    this.#table = table
    this.#base = base
    this.#headText = undefined
    this.#requestUri = undefined
    this.#requestSipUri = undefined
    this.#from = undefined
    this.#to = undefined
    this.#topVia = undefined
    this.#cseq = undefined
    this.#callId = undefined
    this.#contacts = undefined
  }

  /** The Request-URI as it came; `''` for responses. */
  get requestUri(): string {
    this.#requestUri ??= this.isRequest ? this.#textAt(this.#targetStart, this.#targetEnd) : ''
    return this.#requestUri
  }

  /** The Request-URI taken apart; `null` for responses and for what is no `sip:` or `sips:` URI. */
  get requestSipUri(): SipUri | null {
    if (this.#requestSipUri === undefined) this.#requestSipUri = this.isRequest ? parseSipUri(this.requestUri) : null
    return this.#requestSipUri
  }

  /** `''` for requests. */
  get reasonPhrase(): string {
    return this.isRequest ? '' : this.#textAt(this.#targetStart, this.#targetEnd)
  }

  /** A view of the message's own bytes. */
  get body(): Buffer {
    return this.bytes.subarray(this.bodyStart, this.bodyEnd)
  }

  has(id: HeaderId): boolean {
    return this.lineOf(id) >= 0
  }

  /** The value of the first line with that id, unfolded and trimmed. */
  first(id: HeaderId): string | null {
    const line = this.lineOf(id)
    return line < 0 ? null : this.valueAt(line)
  }

  /** The value of each line with that id, in their order. */
  all(id: HeaderId): string[] {
    const values: string[] = []
    for (let line = this.lineOf(id); line >= 0; line = this.lineOf(id, line + 1)) values.push(this.valueAt(line))
    return values
  }

  /** The values of a header that is a comma list, over all its lines. */
  values(id: HeaderId): string[] {
    const values: string[] = []
    for (let line = this.lineOf(id); line >= 0; line = this.lineOf(id, line + 1)) {
      for (const value of splitList(this.valueAt(line))) values.push(value)
    }
    return values
  }

  /** The first value of any header by its name, in any case. */
  named(name: string): string | null {
    const id = headerIdOf(name)
    if (id !== HeaderId.other) return this.first(id)
    const wanted = name.toLowerCase()
    for (let line = this.lineOf(id); line >= 0; line = this.lineOf(id, line + 1)) {
      if (this.nameAt(line).toLowerCase() === wanted) return this.valueAt(line)
    }
    return null
  }

  headerAt(line: number): HeaderLine {
    return { id: this.idAt(line), name: this.nameAt(line), value: this.valueAt(line) }
  }

  get from(): NameAddr | null {
    if (this.#from === undefined) this.#from = this.#nameAddrOf(HeaderId.from)
    return this.#from
  }

  get to(): NameAddr | null {
    if (this.#to === undefined) this.#to = this.#nameAddrOf(HeaderId.to)
    return this.#to
  }

  /**
   * Parsed where it stands, if it is on one line and ASCII: characters of a slice are slower to read than of the
   * whole.
   */
  #nameAddrOf(id: HeaderId): NameAddr | null {
    const line = this.lineOf(id)
    if (line < 0) return null
    if (!this.#isPlain(line)) return parseNameAddr(this.valueAt(line))
    return parseNameAddr(this.headText, this.valueStartAt(line), this.valueEndAt(line))
  }

  get topVia(): Via | null {
    if (this.#topVia === undefined) this.#topVia = this.#firstVia()
    return this.#topVia
  }

  #firstVia(): Via | null {
    const line = this.lineOf(HeaderId.via)
    if (line < 0) return null
    if (!this.#isPlain(line)) return parseVia(firstListValue(this.valueAt(line)))
    const text = this.headText
    const start = this.valueStartAt(line)
    return parseVia(text, start, listValueEnd(text, start, this.valueEndAt(line)))
  }

  #isPlain(line: number): boolean {
    return this.#isAscii && (this.#table[this.#base + line * intsPerLine]! & foldedFlag) === 0
  }

  get cseq(): CSeq | null {
    if (this.#cseq === undefined) this.#cseq = this.#parseCSeq()
    return this.#cseq
  }

  /** `number LWS method` (RFC 3261 §20.16). The number's bound is checked where messages are judged. */
  #parseCSeq(): CSeq | null {
    const line = this.lineOf(HeaderId.cseq)
    if (line < 0) return null
    const isPlain = this.#isPlain(line)
    const text = isPlain ? this.headText : this.valueAt(line)
    const start = isPlain ? this.valueStartAt(line) : 0
    const end = isPlain ? this.valueEndAt(line) : text.length
    let blank = start
    while (blank < end && text.charCodeAt(blank) > 0x20) blank++
    const methodStart = skipBlanks(text, blank, end)
    const number = digitsAt(text, start, blank)
    if (number < 0 || methodStart === end) return null
    const isOurs = end - methodStart === this.method.length && text.startsWith(this.method, methodStart)
    return { number, method: isOurs ? this.method : text.slice(methodStart, end) }
  }

  get callId(): string | null {
    if (this.#callId === undefined) this.#callId = this.first(HeaderId.callId)
    return this.#callId
  }

  /** 0 to 255; `null` when absent or malformed. */
  get maxForwards(): number | null {
    const text = this.first(HeaderId.maxForwards)
    const value = text === null ? -1 : parseDigits(text)
    return value < 0 || value > maxForwardsMax ? null : value
  }

  get expiresSeconds(): number | null {
    return parsed(this.first(HeaderId.expires), parseExpires)
  }

  /** All Contact values, `'star'` for `*` alone; `null` when absent or one of them is malformed. */
  get contacts(): ContactValue[] | 'star' | null {
    if (this.#contacts === undefined) this.#contacts = parseContacts(this.values(HeaderId.contact))
    return this.#contacts
  }

  /** The first line from `start` on with that id, or -1. */
  lineOf(id: HeaderId, start = 0): number {
    const table = this.#table
    const end = this.#base + this.headersCount * intsPerLine
    for (let row = this.#base + start * intsPerLine; row < end; row += intsPerLine) {
      if ((table[row]! & idMask) === id) return (row - this.#base) / intsPerLine
    }
    return -1
  }

  idAt(line: number): HeaderId {
    return (this.#table[this.#base + line * intsPerLine]! & idMask) as HeaderId
  }

  nameAt(line: number): string {
    const row = this.#base + line * intsPerLine
    const start = this.#table[row + lineStartAt]!
    return this.#textAt(start, start + (this.#table[row]! >> nameLengthShift))
  }

  valueAt(line: number): string {
    const row = this.#base + line * intsPerLine
    const text = this.#textAt(this.#table[row + valueStartAt]!, this.#table[row + valueEndAt]!)
    return (this.#table[row]! & foldedFlag) === 0 ? text : unfold(text)
  }

  /** The start line and the headers up to the empty line, one character a byte: offsets of bytes are offsets in it. */
  get headText(): string {
    this.#headText ??= headTextAt(this.bytes, 0, this.headersEnd)
    return this.#headText
  }

  #textAt(start: number, end: number): string {
    return this.#isAscii ? this.headText.slice(start, end) : textAt(this.bytes, start, end)
  }

  /** Offset of the line's first byte, its name. */
  lineStartAt(line: number): number {
    return line < this.headersCount ? this.#table[this.#base + line * intsPerLine + lineStartAt]! : this.headersEnd
  }

  valueStartAt(line: number): number {
    return this.#table[this.#base + line * intsPerLine + valueStartAt]!
  }

  /** Offset after the value's last byte that is no blank. */
  valueEndAt(line: number): number {
    return this.#table[this.#base + line * intsPerLine + valueEndAt]!
  }

  /** A copy that depends on nothing shared: for another thread, or for keeping. */
  toTransfer(): TransferredMessage {
    const rows = this.headersCount * intsPerLine
    const table = new Int32Array(transferredInts + rows)
    table.set([
      this.isRequest ? 1 : 0,
      this.statusCode,
      this.#targetStart,
      this.#targetEnd,
      this.headersStart,
      this.headersCount,
      this.headersEnd,
      this.bodyStart,
      this.bodyEnd,
      this.#isAscii ? 1 : 0,
    ])
    table.set(this.#table.subarray(this.#base, this.#base + rows), transferredInts)
    // A view of a pooled buffer would take the whole pool with it through a structured clone.
    return { bytes: new Uint8Array(this.bytes), table, method: this.method }
  }

  static fromTransfer(transferred: TransferredMessage): SipMessage {
    const { bytes, table, method } = transferred
    const scan: HeadScan = {
      isRequest: table[0] === 1,
      method,
      statusCode: table[1]!,
      targetStart: table[2]!,
      targetEnd: table[3]!,
      linesStart: table[4]!,
      linesCount: table[5]!,
      linesEnd: table[6]!,
      bodyStart: table[7]!,
      bodyEnd: table[8]!,
      isAscii: table[9] === 1,
    }
    return new SipMessage(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), scan, table, transferredInts)
  }
}

function parsed<T>(text: string | null, parse: (text: string) => T | null): T | null {
  return text === null ? null : parse(text)
}

function parseContacts(values: readonly string[]): ContactValue[] | 'star' | null {
  if (values.length === 0) return null
  if (values.length === 1 && values[0] === '*') return 'star'
  const contacts: ContactValue[] = []
  for (const value of values) {
    const contact = parseContact(value)
    if (contact === null) return null
    contacts.push(contact)
  }
  return contacts
}
