/**
 * What all threads of a run know of each user, in shared memory: versions of presence that were given out and that
 * count, and two sums over the messages sent to and received by the user. 35 words a user, whatever the length of the
 * run.
 */

/** Devices of one user that can be told apart. */
export const devicesMax = 8

const fields = {
  /** The last version of presence that was given out. */
  issued: 0,
  /** By device: the version that the server has confirmed; 0 without a publication. */
  confirmed: 1,
  /** Devices that should be there and are not, or whose last PUBLISH has no answer: what is shown is open. */
  unsettled: 9,
  sentCount: 10,
  sentHash: 11,
  sentHash2: 12,
  gotCount: 13,
  gotHash: 14,
  gotHash2: 15,
  /** Devices that are signed in. */
  present: 16,
  /** By device: the last version that was confirmed, also when it was taken back, and the one before. */
  last: 17,
  previous: 25,
  /** When the plan last took away a line of the user, in seconds of the run's clock. */
  faultAtSeconds: 33,
  /** Devices that are told of the user's changes. */
  watching: 34,
} as const
const wordsPerUser = 35

export class Board {
  readonly buffer: SharedArrayBuffer
  readonly #words: Int32Array

  constructor(users: number | SharedArrayBuffer) {
    this.buffer = typeof users === 'number' ? new SharedArrayBuffer(users * wordsPerUser * 4) : users
    this.#words = new Int32Array(this.buffer)
  }

  get users(): number {
    return this.#words.length / wordsPerUser
  }

  /** A version that no state of the user had before. */
  nextVersion(user: number): number {
    return Atomics.add(this.#words, user * wordsPerUser + fields.issued, 1) + 1
  }

  issued(user: number): number {
    return Atomics.load(this.#words, user * wordsPerUser + fields.issued)
  }

  /** 0: the device publishes nothing. */
  confirm(user: number, device: number, version: number): void {
    const at = user * wordsPerUser + (device % devicesMax)
    Atomics.store(this.#words, at + fields.confirmed, version)
    if (version === 0) return
    Atomics.store(this.#words, at + fields.previous, Atomics.load(this.#words, at + fields.last))
    Atomics.store(this.#words, at + fields.last, version)
  }

  confirmed(user: number, device: number): number {
    return Atomics.load(this.#words, user * wordsPerUser + fields.confirmed + (device % devicesMax))
  }

  /** The newest version that counts; 0 where there is none. */
  newest(user: number): number {
    let newest = 0
    for (let device = 0; device < devicesMax; device++) newest = Math.max(newest, this.confirmed(user, device))
    return newest
  }

  /** The device of which this is the last version or the one before; -1 where it is older. */
  deviceOf(user: number, version: number): number {
    const from = user * wordsPerUser
    for (let device = 0; device < devicesMax; device++) {
      const isLast = Atomics.load(this.#words, from + fields.last + device) === version
      if (isLast || Atomics.load(this.#words, from + fields.previous + device) === version) return device
    }
    return -1
  }

  addUnsettled(user: number, change: 1 | -1): void {
    Atomics.add(this.#words, user * wordsPerUser + fields.unsettled, change)
  }

  isSettled(user: number): boolean {
    return Atomics.load(this.#words, user * wordsPerUser + fields.unsettled) === 0
  }

  addPresent(user: number, change: 1 | -1): void {
    Atomics.add(this.#words, user * wordsPerUser + fields.present, change)
  }

  isPresent(user: number): boolean {
    return Atomics.load(this.#words, user * wordsPerUser + fields.present) > 0
  }

  addWatching(user: number, change: 1 | -1): void {
    Atomics.add(this.#words, user * wordsPerUser + fields.watching, change)
  }

  /** Devices that a change of the user is due to. */
  watchersOf(user: number): number {
    return Atomics.load(this.#words, user * wordsPerUser + fields.watching)
  }

  /** The plan takes away a line of the user now: a lost network, a sign-out. */
  noteFault(user: number, nowUs: number): void {
    Atomics.store(this.#words, user * wordsPerUser + fields.faultAtSeconds, Math.floor(nowUs / 1e6))
  }

  /** The plan took away a line of the user within so many seconds, or the user is not all there now. */
  isDisturbed(user: number, nowUs: number, withinSeconds: number): boolean {
    const atSeconds = Atomics.load(this.#words, user * wordsPerUser + fields.faultAtSeconds)
    const isRecent = atSeconds > 0 && Math.floor(nowUs / 1e6) - atSeconds < withinSeconds
    return isRecent || !this.isPresent(user) || !this.isSettled(user)
  }

  addSent(to: number, hash: number, hash2: number): void {
    this.#add(to * wordsPerUser + fields.sentCount, hash, hash2)
  }

  addReceived(by: number, hash: number, hash2: number): void {
    this.#add(by * wordsPerUser + fields.gotCount, hash, hash2)
  }

  /** What was sent to the user and accepted is what came. */
  sumsAgree(user: number): boolean {
    const from = user * wordsPerUser
    for (let field = 0; field < 3; field++) {
      const sent = Atomics.load(this.#words, from + fields.sentCount + field)
      if (sent !== Atomics.load(this.#words, from + fields.gotCount + field)) return false
    }
    return true
  }

  /** Those to whom something was sent that did not come, or the other way round. */
  usersWhoDiffer(): readonly number[] {
    const users = Array.from({ length: this.users }, (_, user) => user)
    return users.filter((user) => !this.sumsAgree(user))
  }

  #add(at: number, hash: number, hash2: number): void {
    Atomics.add(this.#words, at, 1)
    Atomics.add(this.#words, at + 1, hash | 0)
    Atomics.add(this.#words, at + 2, hash2 | 0)
  }
}
