/**
 * The members of a group, those of groups in it included. A server gives at most 1,500 values of an attribute at once
 * and names the range that it gave ([MS-ADTS] §3.1.1.3.1.3.3); the rest is asked for, whether or not we asked by range.
 */
import type { LdapConnection, LdapEntry } from '../../ports/ldap.ts'
import { LdapFault } from '../../ports/ldap.ts'
import { dnKey } from './distinguished-name.ts'

/** One answer's part of the values: where the next part begins, or null after the last. */
interface Part {
  readonly values: readonly string[]
  readonly next: number | null
}

/** Groups in groups; the largest organisations have some thousands of groups in all. */
const groupsMax = 10_000
const membersMax = 1_000_000

/** Distinguished names of all members, by `dnKey`; the groups themselves apart. A group that is not there has none. */
export async function groupMembers(connection: LdapConnection, groupDn: string): Promise<ReadonlySet<string>> {
  const members = new Set<string>()
  const seen = new Set<string>()
  const waiting = [groupDn]
  for (let dn = waiting.pop(); dn !== undefined; dn = waiting.pop()) {
    if (seen.has(dnKey(dn))) continue
    seen.add(dnKey(dn))
    if (seen.size > groupsMax) throw new LdapFault('refused', `${groupDn} has more than ${groupsMax} groups in it`)
    for (const member of await directMembers(connection, dn)) members.add(dnKey(member))
    if (members.size > membersMax) throw new LdapFault('refused', `${groupDn} has more than ${membersMax} members`)
    waiting.push(...(await groupsIn(connection, dn)))
  }
  for (const group of seen) members.delete(group)
  return members
}

/** Rejects with `LdapFault`; a range that does not go on is one, so that a lying server does not hold us. */
export async function directMembers(connection: LdapConnection, groupDn: string): Promise<readonly string[]> {
  const values: string[] = []
  let from: number | null = 0
  while (from !== null) {
    const asked: string = from === 0 ? 'member' : `member;range=${from}-*`
    const part: Part = await askPart(connection, groupDn, asked)
    values.push(...part.values)
    if (part.next !== null && part.next <= from) throw new LdapFault('gone', `${groupDn}: the range does not go on`)
    from = part.next
  }
  return values
}

async function askPart(connection: LdapConnection, dn: string, attribute: string): Promise<Part> {
  let part: Part = { values: [], next: null }
  const search = { base: dn, scope: 'base', filter: { present: 'objectClass' }, attributes: [attribute] } as const
  try {
    await connection.search(search, ([entry]) => {
      if (entry) part = readPart(entry)
    })
  } catch (error) {
    if (!isNoSuchObject(error)) throw error
  }
  return part
}

function readPart({ values }: LdapEntry): Part {
  let whole: readonly string[] = []
  for (const [name, list] of values) {
    const range = /^member(?:;range=(\d+)-(\d+|\*))?$/.exec(name)
    if (!range) continue
    const textValues = list.filter((value): value is string => typeof value === 'string')
    if (range[1] === undefined) whole = textValues
    else return { values: textValues, next: range[2] === '*' ? null : Number(range[2]) + 1 }
  }
  return { values: whole, next: null }
}

/** Groups whose `memberOf` names this one: asked for by one search, not one for each of thousands of members. */
async function groupsIn(connection: LdapConnection, dn: string): Promise<readonly string[]> {
  const found: string[] = []
  const filter = {
    all: [
      { equal: 'objectClass', value: 'group' },
      { equal: 'memberOf', value: dn },
    ],
  }
  const search = { base: '', scope: 'sub', filter, attributes: ['objectClass'] } as const
  await connection.search(search, (entries) => found.push(...entries.map((entry) => entry.dn)))
  return found
}

function isNoSuchObject(error: unknown): boolean {
  return error instanceof LdapFault && error.code === 32
}
