/**
 * Who is in the groups that rules of the policy speak of, as Active Directory resolves them: members of groups in them
 * count, however deep and in circles, and those whose primary group it is. Read whole where any group has changed.
 */
import { type LdapConnection, type LdapEntry, LdapFault, type LdapFilter } from '../../ports/ldap.ts'
import type { Log } from '../../ports/log.ts'
import { firstPart } from './distinguished-name.ts'
import { bigNumber, bytes, guidText, text } from './entry-values.ts'

/** LDAP_MATCHING_RULE_IN_CHAIN ([MS-ADTS] §3.1.1.3.4.4.3). */
const inChain = '1.2.840.113556.1.4.1941'
/** A user may be moved to where a search does not find him without any group changing. */
const readAgainMs = 3_600_000

export class DirectoryGroups {
  /** Names in the policy, which is case-blind; several groups may have one. */
  readonly names: readonly string[]
  readonly #groups: readonly { readonly dn: string; readonly name: string }[]
  readonly #base: string
  readonly #log: Log
  /** objectGUID → names; null before the first time. */
  #members: ReadonlyMap<string, readonly string[]> | null = null
  /** Which database was asked, and its number then: numbers of one say nothing of another. */
  #read: { readonly service: string; readonly usn: bigint; readonly atMs: number } | null = null
  readonly #missing = new Set<string>()

  /** `groups`: distinguished names; each is known by its first part. `base`: of users, empty for all. */
  constructor(groups: readonly string[], base: string, log: Log) {
    this.#groups = groups.map((dn) => ({ dn, name: firstPart(dn).toLowerCase() }))
    this.names = [...new Set(this.#groups.map(({ name }) => name))].sort()
    this.#base = base
    this.#log = log
  }

  /** In the order of their letters; null: they were never read, so that nobody knows. */
  of(guid: string): readonly string[] | null {
    if (this.#groups.length === 0) return []
    return this.#members && (this.#members.get(guid) ?? [])
  }

  /** At a catalog; rejects with `LdapFault`, and then all stays as it was. */
  async read(connection: LdapConnection, nowMs: number): Promise<void> {
    if (this.#groups.length === 0) return
    const { service, usn } = await readPosition(connection)
    const last = this.#read
    const isSame = last !== null && last.service === service && usn + 1n >= last.usn && nowMs - last.atMs < readAgainMs
    if (isSame && !(await hasChanged(connection, last.usn))) return
    const members = new Map<string, string[]>()
    for (const { dn, name } of this.#groups) {
      for (const guid of await this.#membersOf(connection, dn)) {
        const names = members.get(guid) ?? []
        if (!names.includes(name)) names.push(name)
        members.set(guid, names)
      }
    }
    for (const names of members.values()) names.sort()
    this.#members = members
    // What changed while we asked has a higher number.
    this.#read = { service, usn: usn + 1n, atMs: nowMs }
  }

  async #membersOf(connection: LdapConnection, dn: string): Promise<readonly string[]> {
    const group = await baseEntry(connection, dn, ['primaryGroupToken'])
    if (group === null) {
      if (!this.#missing.has(dn)) this.#log.write('error', 'directory.group-missing', { group: dn })
      this.#missing.add(dn)
      return []
    }
    this.#missing.delete(dn)
    const token = text(group, 'primaryGroupToken')
    const claims: LdapFilter[] = [{ matches: 'memberOf', rule: inChain, value: dn }]
    if (token !== null) claims.push({ equal: 'primaryGroupID', value: token })
    const filter = { all: [{ equal: 'objectCategory', value: 'person' }, { any: claims }] }
    const found: string[] = []
    const wanted = { attributes: ['objectGUID'], binary: ['objectGUID'] }
    await connection.search({ base: this.#base, scope: 'sub', filter, ...wanted }, (entries) => {
      for (const entry of entries) {
        const guid = bytes(entry, 'objectGUID')
        if (guid !== null) found.push(guidText(guid) ?? '')
      }
    })
    return found
  }
}

async function readPosition(connection: LdapConnection): Promise<{ service: string; usn: bigint }> {
  const root = await baseEntry(connection, '', ['dsServiceName', 'highestCommittedUSN'])
  const service = root && text(root, 'dsServiceName')
  const usn = root && bigNumber(root, 'highestCommittedUSN')
  if (!service || usn === null) throw new LdapFault('gone', 'it does not say how far its database is')
  return { service, usn }
}

/** Members of a group are values of that group; who leaves a primary group becomes a member of it. */
async function hasChanged(connection: LdapConnection, usn: bigint): Promise<boolean> {
  let isAny = false
  const filter = {
    all: [
      { equal: 'objectClass', value: 'group' },
      { atLeast: 'uSNChanged', value: String(usn) },
    ],
  }
  const search = { base: '', scope: 'sub', filter, attributes: ['objectClass'], showDeleted: false } as const
  await connection.search(search, (entries) => {
    isAny ||= entries.length > 0
  })
  return isAny
}

/** Null where there is none. */
async function baseEntry(
  connection: LdapConnection,
  base: string,
  attributes: readonly string[],
): Promise<LdapEntry | null> {
  const found: LdapEntry[] = []
  const search = { base, scope: 'base', filter: { present: 'objectClass' }, attributes } as const
  try {
    await connection.search(search, (entries) => found.push(...entries))
  } catch (error) {
    if (!(error instanceof LdapFault) || error.code !== 32) throw error
  }
  return found[0] ?? null
}
