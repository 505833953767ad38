/**
 * Follows one domain controller: what changed there since the last time by uSNChanged, and everything once an hour and
 * whenever its database is another one. Numbers of one database say nothing of another (invocationId).
 */
import { type LdapConnection, type LdapEntry, LdapFault, type LdapFilter } from '../../ports/ldap.ts'
import { binaryUserAttributes } from './directory-user.ts'
import { isBelow } from './distinguished-name.ts'
import { bigNumber, bytes, guidText, text } from './entry-values.ts'
import { changedAttributes, readSeenUser, type SeenUser, sweptAttributes } from './user-verdict.ts'

export interface Changes {
  readonly invocationId: string
  /** The highest number there when the question began. */
  readonly usn: bigint
  readonly seen: readonly SeenUser[]
  /** objectGUIDs of users that were seen here before and are gone, or not below the base any more. */
  readonly absent: readonly string[]
}

const sweepEveryMs = 3_600_000
/** Absent ones that are asked for by one search. */
const confirmedAtOnce = 100

export class ControllerChanges {
  readonly #base: string | null
  #invocationId: string | null = null
  #nextUsn = 0n
  #sweepDueMs = 0
  /** objectGUID → expiry of the account. */
  readonly #known = new Map<string, number | null>()

  readonly #knownBefore: ReadonlyMap<string, string>

  /**
   * `base`: null for the domain of the controller. `knownBefore`: objectGUID → distinguished name of users who were
   * there at the end of an earlier start; those of them who are missing now are told as absent.
   */
  constructor(base: string | null, knownBefore: ReadonlyMap<string, string> = new Map()) {
    this.#base = base
    this.#knownBefore = knownBefore
  }

  /** Users whose account has expired by now, of those that this controller has shown. */
  expiredBy(nowMs: number): readonly string[] {
    return [...this.#known].filter(([, expiresMs]) => expiresMs !== null && expiresMs <= nowMs).map(([guid]) => guid)
  }

  /** Rejects with `LdapFault`; then nothing has moved, and the next time asks for the same again. */
  async poll(connection: LdapConnection, nowMs: number): Promise<Changes> {
    const { invocationId, usn, domain } = await readController(connection)
    const base = this.#base ?? domain
    const isSame = invocationId === this.#invocationId && usn + 1n >= this.#nextUsn
    const isSweep = !isSame || nowMs >= this.#sweepDueMs
    if (this.#invocationId === null) this.#rememberEarlier(base)
    else if (!isSame) this.#known.clear()
    const found = isSweep ? await this.#sweep(connection, base) : await this.#changed(connection, base, domain)
    this.#remember(found)
    this.#invocationId = invocationId
    // What changed while we asked has a number above this one, and is seen again.
    this.#nextUsn = usn + 1n
    if (isSweep) this.#sweepDueMs = nowMs + sweepEveryMs
    return { invocationId, usn, ...found }
  }

  /** Others are another controller's to miss. */
  #rememberEarlier(base: string): void {
    for (const [guid, dn] of this.#knownBefore) if (isBelow(dn, base)) this.#known.set(guid, null)
  }

  #remember({ seen, absent }: Found): void {
    for (const { user, isDeleted, expiresMs } of seen) {
      if (isDeleted) this.#known.delete(user.guid)
      else this.#known.set(user.guid, expiresMs)
    }
    for (const guid of absent) this.#known.delete(guid)
  }

  /** Deleted ones have left the base, and others may have been moved out of it: the whole domain is asked. */
  async #changed(connection: LdapConnection, base: string, domain: string): Promise<Found> {
    const all = await search(connection, domain, changedSince(this.#nextUsn), true)
    const known = all.filter(({ user, isDeleted }) => this.#known.has(user.guid) || (user.aor !== null && !isDeleted))
    const isOurs = ({ user, isDeleted }: SeenUser) => isDeleted || isBelow(user.dn, base)
    const left = known.filter((seen) => !isOurs(seen) && this.#known.has(seen.user.guid))
    return { seen: known.filter(isOurs), absent: left.map(({ user }) => user.guid) }
  }

  /** Who is missing is asked for once more: a sweep that left somebody out must not cut him off. */
  async #sweep(connection: LdapConnection, base: string): Promise<Found> {
    const seen = [...(await search(connection, base, { all: [person, { present: addressAttribute }] }, false))]
    const found = new Set(seen.map(({ user }) => user.guid))
    const missing = [...this.#known.keys()].filter((guid) => !found.has(guid))
    for (let from = 0; from < missing.length; from += confirmedAtOnce) {
      const filter = { any: missing.slice(from, from + confirmedAtOnce).map(guidFilter) }
      for (const again of await search(connection, base, filter, false)) {
        seen.push(again)
        found.add(again.user.guid)
      }
    }
    return { seen, absent: missing.filter((guid) => !found.has(guid)) }
  }
}

type Found = Pick<Changes, 'seen' | 'absent'>

interface Controller {
  readonly invocationId: string
  readonly usn: bigint
  readonly domain: string
}

async function readController(connection: LdapConnection): Promise<Controller> {
  const root = await oneEntry(connection, '', ['dsServiceName', 'highestCommittedUSN', 'defaultNamingContext'])
  const service = root && text(root, 'dsServiceName')
  const usn = root && bigNumber(root, 'highestCommittedUSN')
  const domain = root && text(root, 'defaultNamingContext')
  const settings = service ? await oneEntry(connection, service, ['invocationId']) : null
  const id = settings && bytes(settings, 'invocationId')
  const invocationId = id && guidText(id)
  if (!usn || !domain || !invocationId) throw new LdapFault('gone', 'it does not say which database it has')
  return { invocationId, usn, domain }
}

async function oneEntry(connection: LdapConnection, base: string, attributes: readonly string[]) {
  let found: LdapEntry | null = null
  const binary = ['invocationId']
  const search = { base, scope: 'base', filter: { present: 'objectClass' }, attributes, binary } as const
  await connection.search(search, ([entry]) => {
    found = entry ?? null
  })
  return found as LdapEntry | null
}

const addressAttribute = 'msRTCSIP-PrimaryUserAddress'
const person: LdapFilter = { equal: 'objectCategory', value: 'person' }

/** By class: a tombstone has lost its address and its category. */
function changedSince(usn: bigint): LdapFilter {
  const classes = ['user', 'contact'].map((value) => ({ equal: 'objectClass', value }))
  return { all: [{ atLeast: 'uSNChanged', value: String(usn) }, { any: classes }] }
}

async function search(
  connection: LdapConnection,
  base: string,
  filter: LdapFilter,
  isOfChanges: boolean,
): Promise<readonly SeenUser[]> {
  const seen: SeenUser[] = []
  const attributes = isOfChanges ? changedAttributes : sweptAttributes
  const question = { base, scope: 'sub', attributes, binary: binaryUserAttributes, showDeleted: isOfChanges } as const
  await connection.search({ ...question, filter }, (entries) => {
    for (const entry of entries) {
      const read = readSeenUser(entry)
      if (read !== null) seen.push(read)
    }
  })
  return seen
}

/** The bytes of an objectGUID as it is written (`guidText` turned round). */
function guidFilter(guid: string): LdapFilter {
  const hex = guid.replaceAll('-', '')
  const order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15]
  const value = Uint8Array.from(order, (at) => Number.parseInt(hex.slice(at * 2, at * 2 + 2), 16))
  return { equal: 'objectGUID', value }
}
