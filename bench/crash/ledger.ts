/**
 * What was sent, what the server promised, what came: and whether the two agree. Knows nothing of sockets.
 */
export interface Faults {
  /** Promised and not there. */
  lost: number
  /** Removed, with an answer that said so, and there again. */
  resurrected: number
  misdelivered: number
  /** Came twice without a kill between that could excuse it. */
  doubled: number
  /** Came in another order than sent. */
  disordered: number
}

interface Sent {
  readonly to: number
  promised: boolean
  /** In which life of the server it came first; 0: it has not come. */
  cameInLife: number
}

/** Messages by their text, `recipient sender sequence`. */
export class MessageLedger {
  readonly faults: Faults = { lost: 0, resurrected: 0, misdelivered: 0, doubled: 0, disordered: 0 }
  /** Repeated because the answer of the device was lost with the server: the excepted case. */
  excepted = 0
  promisedCount = 0
  readonly #sent = new Map<string, Sent>()
  readonly #lastOf = new Map<string, number>()
  readonly #missing = new Map<number, Set<string>>()

  sending(text: string, to: number): void {
    this.#sent.set(text, { to, promised: false, cameInLife: 0 })
  }

  promised(text: string): void {
    const sent = this.#sent.get(text)
    if (!sent) return
    sent.promised = true
    this.promisedCount++
    if (sent.cameInLife === 0) this.#missingOf(sent.to).add(text)
  }

  came(text: string, to: number, life: number): void {
    const sent = this.#sent.get(text)
    if (!sent || sent.to !== to) {
      this.faults.misdelivered++
      return
    }
    if (sent.cameInLife === 0) this.#checkOrder(text)
    else if (sent.cameInLife === life) this.faults.doubled++
    // The life before was killed: its last removals may not have been promised to anybody.
    else if (sent.cameInLife === life - 1) this.excepted++
    else this.faults.resurrected++
    if (sent.cameInLife === 0) sent.cameInLife = life
    this.#missingOf(to).delete(text)
  }

  isComplete(to: number): boolean {
    return this.#missingOf(to).size === 0
  }

  /** Nothing more will come: what is missing is lost. */
  close(): void {
    for (const missing of this.#missing.values()) {
      this.faults.lost += missing.size
      missing.clear()
    }
  }

  #checkOrder(text: string): void {
    const [to, from, sequence] = text.split(' ')
    const pair = `${to} ${from}`
    if (Number(sequence) < (this.#lastOf.get(pair) ?? 0)) this.faults.disordered++
    this.#lastOf.set(pair, Number(sequence))
  }

  #missingOf(to: number): Set<string> {
    let missing = this.#missing.get(to)
    if (!missing) {
      missing = new Set()
      this.#missing.set(to, missing)
    }
    return missing
  }
}

/** One binding of each user: what was last promised, and what was asked after that. */
export class BindingLedger {
  readonly faults: Faults = { lost: 0, resurrected: 0, misdelivered: 0, doubled: 0, disordered: 0 }
  promisedCount = 0
  /** Device names; '' is no binding. */
  readonly #promised = new Map<number, string>()
  readonly #inDoubt = new Map<number, string[]>()

  asking(user: number, device: string): void {
    const doubts = this.#inDoubt.get(user) ?? []
    this.#inDoubt.set(user, [...doubts, device])
  }

  promised(user: number, device: string): void {
    this.promisedCount++
    this.#promised.set(user, device)
    this.#inDoubt.set(user, [])
  }

  /** What a fetch shows. From here on that is what the server has said. */
  fetched(user: number, devices: readonly string[]): void {
    const found = devices.join(',')
    const promised = this.#promised.get(user) ?? ''
    const isLawful = found === promised || (this.#inDoubt.get(user) ?? []).includes(found)
    if (!isLawful) {
      if (found === '') this.faults.lost++
      else if (promised === '') this.faults.resurrected++
      else this.faults.doubled++
    }
    this.#promised.set(user, found)
    this.#inDoubt.set(user, [])
  }
}
