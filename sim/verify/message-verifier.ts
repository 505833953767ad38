/**
 * Every message end to end: each ordered pair of users numbers its messages, the receiver keeps the highest number of
 * each active pair and which of the 64 before it have come. So lost, doubled, misordered and invented messages are
 * named at constant memory; pairs that have been idle fold into sums per recipient (`board.ts`), which must agree in
 * the end. A message counts as delivered when one device of the user has it; each device is looked at for doubles and
 * order.
 */
import type { Board } from './board.ts'
import { devicesMax } from './board.ts'
import type { Findings } from './findings.ts'
import { decodeMark, fieldMax, type Mark } from './mark.ts'
import { mix } from './mix.ts'
import { PairTable } from './pair-table.ts'

/** Columns of what came: numbers, the window as two words, how many, when last (seconds), the highest of each way. */
const got = { first: 0, highest: 1, low: 2, high: 3, count: 4, atSeconds: 5, byPager: 6, bySession: 7 } as const
const windowSize = 64
const allOnes = 2n ** 64n - 1n
/** Active pairs of one thread; beyond them idle ones fold. */
const pairsMax = 500_000
const idleSeconds = 600
/** Named holes that a thread remembers. */
const holesMax = 10_000

/** What one thread knows of a pair, to find out what is missing where the sums do not agree. */
export interface PairReport {
  readonly from: number
  readonly to: number
  /** The sender's side: how many numbers were given out, and which were refused, or have no answer (yet). */
  readonly issued: number
  readonly refused: readonly number[]
  readonly open: readonly number[]
  /** Answered 202: the server keeps them until a device takes them. */
  readonly kept: readonly number[]
  /** The receivers' side. */
  readonly got: readonly { readonly device: number; readonly ranges: readonly GotRange[] }[]
}

/** `first` to `highest` came, but for the holes. */
export interface GotRange {
  readonly first: number
  readonly highest: number
  readonly holes: readonly number[]
}

/** Whoever knows of faults that strike by themselves. */
export interface AnswerLosses {
  /** What this device of a user answered then may never have reached the server, or been forgotten by it. */
  mayHaveLost(user: number, device: number, answeredUs: number): boolean
}

/** How a message came to a device. */
export interface Circumstances {
  /** The device's own answer to a first copy may have been lost by a fault of the plan. */
  readonly isExcused: boolean
  readonly isInSession: boolean
}

export class MessageVerifier {
  readonly #board: Board
  readonly #findings: Findings
  readonly #seed: number
  readonly #losses: AnswerLosses | null
  /** When each message first came to each device; only where answers may be lost by faults that nobody plans. */
  readonly #cameUs = new Map<string, number>()
  readonly #issued = new PairTable(1)
  readonly #got = new PairTable(8)
  /** Pair → numbers, of the few that were refused, have no answer or are kept. */
  readonly #refused = new Map<number, number[]>()
  readonly #open = new Map<number, number[]>()
  readonly #kept = new Map<number, number[]>()
  /** Pair → numbers that were given out and have no answer yet. */
  readonly #waiting = new Map<number, Set<number>>()
  /** Key of a receiving pair → numbers that fell out of its window before they came. */
  readonly #holes = new Map<number, number[]>()
  #holesCount = 0
  #overflowed = 0

  constructor(board: Board, findings: Findings, seed: number, losses: AnswerLosses | null = null) {
    this.#board = board
    this.#findings = findings
    this.#seed = seed
    this.#losses = losses
  }

  /** Numbers that could not be judged because they came too late; the run proves less than it should. */
  get overflowed(): number {
    return this.#overflowed
  }

  get bytes(): number {
    return this.#issued.bytes + this.#got.bytes
  }

  next(from: number, to: number): number {
    const pair = this.#pair(from, to)
    const row = this.#issued.row(pair)
    const number = this.#issued.get(row, 0) + 1
    if (number > fieldMax) this.#overflowed++
    this.#issued.set(row, 0, number)
    const waiting = this.#waiting.get(pair)
    if (waiting) waiting.add(number)
    else this.#waiting.set(pair, new Set([number]))
    return number
  }

  /** 200, or 202 (`isKept`): from now on it must arrive, at once or when the server tries again. */
  accepted(from: number, to: number, number: number, isKept = false): void {
    const pair = this.#concluded(from, to, number)
    if (isKept) remember(this.#kept, pair, number)
    this.#board.addSent(to, this.#hash(from, number), this.#hash2(from, number))
  }

  refused(from: number, to: number, number: number): void {
    remember(this.#refused, this.#concluded(from, to, number), number)
  }

  /** No answer came: it may have arrived or not. */
  open(from: number, to: number, number: number): void {
    remember(this.#open, this.#concluded(from, to, number), number)
  }

  /**
   * A message came to a device. Null where it is none of this run, or a device's copy of what its user has sent.
   * `isExcused`: the device's own answer may have been lost by a planned fault, so that a second copy is the excepted
   * case. Order is promised to those that go the same way: a message of a session does not wait for those that the
   * server keeps. The answer tells whether it is the first copy that the user sees.
   */
  arrived(
    user: number,
    device: number,
    body: Buffer,
    nowUs: number,
    { isExcused, isInSession }: Circumstances,
  ): (Mark & { isFirst: boolean }) | null {
    const mark = decodeMark(body, this.#seed)
    if (mark === null) {
      this.#findings.found('neverSent', `u${user} got ${body.length} bytes that nobody of this run has written`)
      return null
    }
    if (mark.from === user && mark.to !== user) return null
    this.#findings.checked()
    if (mark.to !== user) {
      this.#findings.found('unauthorised', `u${user} got message ${mark.number} from u${mark.from} to u${mark.to}`)
      return null
    }
    return { ...mark, isFirst: this.#note(mark, device % devicesMax, nowUs, { isExcused, isInSession }) }
  }

  #note({ from, to, number }: Mark, device: number, nowUs: number, { isExcused, isInSession }: Circumstances): boolean {
    const key = this.#pair(from, to) * devicesMax + device
    const wasKnown = this.#hasOther(key - device, device, number)
    const table = this.#got
    if (table.size > pairsMax) this.#fold(nowUs)
    const row = table.row(key)
    const highest = table.get(row, got.highest)
    table.set(row, got.atSeconds, Math.floor(nowUs / 1e6))
    if (highest === 0) table.set(row, got.first, number)
    if (number > highest) this.#shift(key, row, highest === 0 ? windowSize : number - highest, number)
    else if (this.#isOld(row, key, number, highest, isExcused || this.#isAnswerLost(to, device, `${key} ${number}`)))
      return false
    if (this.#losses) this.#cameUs.set(`${key} ${number}`, nowUs)
    this.#judgeOrder(row, key, number, isInSession)
    const age = table.get(row, got.highest) - number
    if (age < windowSize) this.#setBit(row, age)
    table.set(row, got.count, table.get(row, got.count) + 1)
    if (!wasKnown) this.#board.addReceived(to, this.#hash(from, number), this.#hash2(from, number))
    return !wasKnown
  }

  #judgeOrder(row: number, key: number, number: number, isInSession: boolean): void {
    const way = isInSession ? got.bySession : got.byPager
    const highest = this.#got.get(row, way)
    if (number > highest) return this.#got.set(row, way, number)
    this.#findings.found('misordered', `message ${number} from ${this.#words(key)} came after ${highest}`)
  }

  /** Of a number not above the highest: whether it is a double, or older than can be told. */
  #isOld(row: number, key: number, number: number, highest: number, isExcused: boolean): boolean {
    if (highest - number >= windowSize) {
      const isHole = this.#holes.get(key)?.includes(number) ?? false
      if (!isHole) this.#overflowed++
      return !isHole
    }
    if (this.#hasBit(row, highest - number)) {
      if (isExcused) this.#findings.excepted()
      else this.#findings.found('duplicates', `message ${number} from ${this.#words(key)} came twice`)
      return true
    }
    if (number < this.#got.get(row, got.first)) this.#got.set(row, got.first, number)
    return false
  }

  #isAnswerLost(user: number, device: number, message: string): boolean {
    const cameUs = this.#cameUs.get(message)
    return cameUs !== undefined && (this.#losses?.mayHaveLost(user, device, cameUs) ?? false)
  }

  #hasOther(base: number, device: number, number: number): boolean {
    for (let other = 0; other < devicesMax; other++) {
      if (other === device) continue
      const row = this.#got.rowOf(base + other)
      if (row < 0) continue
      const highest = this.#got.get(row, got.highest)
      if (number <= highest && highest - number < windowSize && this.#hasBit(row, highest - number)) return true
    }
    return false
  }

  /** Moves the window up to `number`; what leaves it without having come is a hole. */
  #shift(key: number, row: number, by: number, number: number): void {
    const table = this.#got
    const highest = table.get(row, got.highest)
    if (highest > 0) {
      const from = Math.max(table.get(row, got.first), highest - windowSize + 1)
      for (let old = from; old <= number - windowSize; old++) {
        const came = old <= highest && this.#hasBit(row, highest - old)
        if (!came) this.#hole(key, old)
      }
    }
    const window = by >= windowSize ? 0n : (this.#window(row) << BigInt(by)) & allOnes
    table.set(row, got.low, Number(window & 0xffffffffn))
    table.set(row, got.high, Number(window >> 32n))
    table.set(row, got.highest, number)
  }

  #hole(key: number, number: number): void {
    if (this.#holesCount++ < holesMax) remember(this.#holes, key, number)
    else this.#overflowed++
  }

  #window(row: number): bigint {
    return (BigInt(this.#got.get(row, got.high)) << 32n) | BigInt(this.#got.get(row, got.low))
  }

  #hasBit(row: number, bit: number): boolean {
    const word = this.#got.get(row, bit < 32 ? got.low : got.high)
    return ((word >>> (bit & 31)) & 1) === 1
  }

  #setBit(row: number, bit: number): void {
    const column = bit < 32 ? got.low : got.high
    this.#got.set(row, column, (this.#got.get(row, column) | (1 << (bit & 31))) >>> 0)
  }

  /** Pairs that were idle for ten minutes and have no hole live on in the sums alone. */
  #fold(nowUs: number): void {
    const before = Math.floor(nowUs / 1e6) - idleSeconds
    this.#got.prune((key, row) => this.#got.get(row, got.atSeconds) < before && !this.#holes.has(key))
  }

  /** What this thread knows of all pairs to these recipients, either side. */
  report(recipients: ReadonlySet<number>): PairReport[] {
    const reports = new Map<number, { issued: number; got: { device: number; ranges: GotRange[] }[] }>()
    const of = (pair: number) => {
      const known = reports.get(pair) ?? { issued: 0, got: [] }
      reports.set(pair, known)
      return known
    }
    for (const [pair, row] of this.#issued.entries()) {
      if (recipients.has(pair % this.#users)) of(pair).issued = this.#issued.get(row, 0)
    }
    for (const [key, row] of this.#got.entries()) {
      const pair = Math.floor(key / devicesMax)
      if (recipients.has(pair % this.#users))
        of(pair).got.push({ device: key % devicesMax, ranges: [this.#range(key, row)] })
    }
    return [...reports].map(([pair, known]) => ({
      from: Math.floor(pair / this.#users),
      to: pair % this.#users,
      ...known,
      refused: this.#refused.get(pair) ?? [],
      open: [...(this.#open.get(pair) ?? []), ...(this.#waiting.get(pair) ?? [])],
      kept: this.#kept.get(pair) ?? [],
    }))
  }

  /** It has its answer. Returns the pair. */
  #concluded(from: number, to: number, number: number): number {
    const pair = this.#pair(from, to)
    const waiting = this.#waiting.get(pair)
    waiting?.delete(number)
    if (waiting?.size === 0) this.#waiting.delete(pair)
    return pair
  }

  #range(key: number, row: number): GotRange {
    const [first, highest] = [this.#got.get(row, got.first), this.#got.get(row, got.highest)]
    const holes = [...(this.#holes.get(key) ?? [])]
    for (let number = Math.max(first, highest - windowSize + 1); number < highest; number++) {
      if (!this.#hasBit(row, highest - number)) holes.push(number)
    }
    return { first, highest, holes }
  }

  get #users(): number {
    return this.#board.users
  }

  #pair(from: number, to: number): number {
    return from * this.#users + to
  }

  #words(key: number): string {
    const pair = Math.floor(key / devicesMax)
    return `u${Math.floor(pair / this.#users)} to u${pair % this.#users} (device ${key % devicesMax})`
  }

  #hash(from: number, number: number): number {
    return mix(from, number)
  }

  #hash2(from: number, number: number): number {
    return mix(number, from ^ 0x5bd1e995)
  }
}

function remember(map: Map<number, number[]>, key: number, number: number): void {
  const known = map.get(key)
  if (known) known.push(number)
  else map.set(key, [number])
}
