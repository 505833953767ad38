/**
 * Who is on the list of a subscription, packed: a number for each presentity, and texts only where they cannot be made
 * from it. A user has fifty contacts, and a server ten thousand users.
 */
import { Buffer } from 'node:buffer'
import { type Aor, aorDomain, parseAor } from '../../sip/uri/aor.ts'
import type { Names } from '../watching/names.ts'

/** As a list names it; each address once. */
export interface ListedMember {
  /** `sip:bob@example.test`, or any other URI. */
  readonly uri: string
  /** Empty: the list gives none. */
  readonly displayName: string
}

/** In place of a number: an address that has no presence here. */
const nobody = 0xffffffff

export class ListMembers {
  readonly #names: Names
  /** A number for each member, and behind them where its name ends in `displayNames`: one array is smaller than two. */
  readonly #numbers: Uint32Array
  readonly #displayNames: string
  /** Of members whose address is not the presentity's name: other domains, other names of a user. */
  readonly #otherUris = new Map<number, string>()

  /**
   * Counts the names of its presentities in `names` until `release`. `presentities`: of each member, as `resolve` says.
   */
  constructor(names: Names, members: readonly ListedMember[], presentities: readonly (Aor | null)[]) {
    this.#names = names
    this.#numbers = new Uint32Array(2 * members.length)
    let end = 0
    members.forEach(({ uri, displayName }, index) => {
      const presentity = presentities[index]!
      this.#numbers[index] = presentity === null ? nobody : names.retain(presentity)
      if (presentity !== uri) this.#otherUris.set(index, ownText(uri))
      end += displayName.length
      this.#numbers[members.length + index] = end
    })
    this.#displayNames = ownText(members.map(({ displayName }) => displayName).join(''))
  }

  get count(): number {
    return this.#numbers.length / 2
  }

  uriAt(index: number): string {
    return this.#otherUris.get(index) ?? this.#names.nameOf(this.#numbers[index]!)
  }

  displayNameAt(index: number): string {
    const start = index === 0 ? 0 : this.#numbers[this.count + index - 1]!
    return this.#displayNames.slice(start, this.#numbers[this.count + index])
  }

  /** Null: it has no presence here. */
  presentityAt(index: number): Aor | null {
    const number = this.#numbers[index]!
    return number === nobody ? null : this.#names.nameOf(number)
  }

  presentities(): ReadonlySet<Aor> {
    const found = new Set<Aor>()
    for (const number of this.#presentities()) if (number !== nobody) found.add(this.#names.nameOf(number))
    return found
  }

  /** Of all members that stand for this presentity, in the order of the list. Runs through numbers, which is fast. */
  indexesOf(presentity: Aor): readonly number[] {
    const number = this.#names.find(presentity)
    const indexes: number[] = []
    if (number === null) return indexes
    const numbers = this.#presentities()
    for (let at = numbers.indexOf(number); at >= 0; at = numbers.indexOf(number, at + 1)) indexes.push(at)
    return indexes
  }

  /** `from` turned out to be another name of `to`. Members keep the address by which the list names them. */
  move(from: Aor, to: Aor): void {
    for (const index of this.indexesOf(from)) {
      this.#otherUris.set(index, this.uriAt(index))
      this.#names.release(this.#numbers[index]!)
      this.#numbers[index] = this.#names.retain(to)
    }
  }

  /** The same addresses with the same names, in the same order. */
  equals(members: readonly ListedMember[]): boolean {
    return (
      members.length === this.count &&
      members.every(({ uri, displayName }, at) => uri === this.uriAt(at) && displayName === this.displayNameAt(at))
    )
  }

  listed(): readonly ListedMember[] {
    return Array.from({ length: this.count }, (_, index) => {
      return { uri: this.uriAt(index), displayName: this.displayNameAt(index) }
    })
  }

  /** Addresses that are not the presentity's own name, with whom they stand for. */
  aliases(): ReadonlyMap<string, Aor> {
    const found = new Map<string, Aor>()
    for (const [index, uri] of this.#otherUris) {
      const presentity = this.presentityAt(index)
      if (presentity !== null) found.set(uri, presentity)
    }
    return found
  }

  /** It is not used any more. */
  release(): void {
    for (const number of this.#presentities()) if (number !== nobody) this.#names.release(number)
    this.#presentities().fill(nobody)
  }

  #presentities(): Uint32Array {
    return this.#numbers.subarray(0, this.count)
  }
}

/**
 * Whom each of these stands for; null: nobody here. `former`: what the same subscription had, from which it is known of
 * whom an address is another name.
 */
export function resolve(
  members: readonly ListedMember[],
  domains: readonly string[],
  former: ListMembers | null,
): readonly (Aor | null)[] {
  const aliases = former?.aliases() ?? new Map<string, Aor>()
  return members.map(({ uri }) => aliases.get(uri) ?? presentityOf(uri, domains))
}

/** Users of ours, by `sip:`, `sips:` and `pres:` (RFC 3859) addresses. */
function presentityOf(uri: string, domains: readonly string[]): Aor | null {
  const aor = parseAor(uri.replace(/^pres:/i, 'sip:'))
  return aor !== null && domains.includes(aorDomain(aor)) ? aor : null
}

/** A copy that does not keep the document alive of which the text is a piece. */
function ownText(text: string): string {
  return text === '' ? '' : Buffer.from(text).toString()
}
