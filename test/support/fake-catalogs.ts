/**
 * Domain controllers made up for tests of what is asked of them: entries, passwords, and faults switched while they
 * run. Filters and comparison are those of a directory as far as the tests need them.
 */
import {
  type LdapConnection,
  type LdapEntry,
  LdapFault,
  type LdapFilter,
  type LdapSearch,
} from '../../src/ports/ldap.ts'
import type { LogFields } from '../../src/ports/log.ts'
import { counterMetrics } from './quiet-metrics.ts'

export type FakeMode = 'well' | 'gone' | 'silent' | { readonly slowMs: number }

export interface FakeEntry {
  readonly dn: string
  readonly [attribute: string]: string | readonly string[] | Uint8Array
}

/** A clock that tests move, and that a slow answer moves. */
export class FakeClock {
  nowMs = 1000
  monotonicMs = () => this.nowMs
  wallMs = () => this.nowMs
  systemMs = () => this.nowMs
}

export class FakeCatalog {
  mode: FakeMode = 'well'
  readonly host: string
  entries: FakeEntry[]
  /** Result of a bind by name: null is granted, a text is refused with it. */
  binds = new Map<string, string | null>()
  readonly asked: string[] = []
  readonly #clock: FakeClock

  constructor(host: string, clock: FakeClock, entries: FakeEntry[] = []) {
    this.host = host
    this.#clock = clock
    this.entries = entries
  }

  open(): LdapConnection {
    this.meet('open')
    let isOpen = true
    return {
      get isOpen() {
        return isOpen
      },
      close: () => {
        isOpen = false
      },
      bind: async (name) => {
        this.meet(`bind ${name}`)
        const refusal = this.binds.get(name)
        if (refusal) throw new LdapFault('refused', refusal, 49)
      },
      search: async (search, onPage) => {
        this.meet('search')
        onPage(
          this.entries.filter((entry) => isFound(entry, search, this.entries)).map((entry) => asLdap(entry, search)),
        )
      },
    }
  }

  meet(what: string): void {
    this.asked.push(what)
    if (this.mode === 'gone') throw new LdapFault('gone', 'connection refused')
    if (this.mode === 'silent') {
      this.#clock.nowMs += 2000
      throw new LdapFault('deadline', 'no answer in 2000 ms')
    }
    if (typeof this.mode === 'object') this.#clock.nowMs += this.mode.slowMs
  }
}

/** A log that can be looked into, and metrics that are there. */
export function fakePorts(clock: FakeClock, catalogs: readonly FakeCatalog[]) {
  const events: { event: string; fields: LogFields }[] = []
  return {
    clock,
    events,
    log: { write: (_: string, event: string, fields: LogFields = {}) => void events.push({ event, fields }) },
    metrics: counterMetrics(),
    open: async ({ host }: { host: string }) => catalogs.find((catalog) => catalog.host === host)!.open(),
  }
}

function isFound(
  entry: FakeEntry,
  { base, scope, filter, showDeleted }: LdapSearch,
  all: readonly FakeEntry[],
): boolean {
  if (entry.isDeleted === 'TRUE' && !showDeleted) return false
  if (scope === 'base' ? entry.dn.toLowerCase() !== base.toLowerCase() : !entry.dn.endsWith(base)) return false
  return matches(entry, filter, all)
}

function matches(entry: FakeEntry, filter: LdapFilter, all: readonly FakeEntry[]): boolean {
  if ('all' in filter) return filter.all.every((each) => matches(entry, each, all))
  if ('any' in filter) return filter.any.some((each) => matches(entry, each, all))
  if ('not' in filter) return !matches(entry, filter.not, all)
  if ('present' in filter) return filter.present === 'objectClass' || filter.present in entry
  if ('matches' in filter) return isInChain(entry, filter.value, all, new Set())
  const name = 'equal' in filter ? filter.equal : filter.atLeast
  const values = [entry[name] ?? []].flat().map(String)
  if ('atLeast' in filter) return values.some((value) => BigInt(value) >= BigInt(filter.value))
  // As a directory compares: without case, and accents do not count.
  return values.some((value) => folded(value) === folded(String(filter.value)))
}

/** 1.2.840.113556.1.4.1941 for memberOf. */
function isInChain(entry: FakeEntry, groupDn: string, all: readonly FakeEntry[], seen: Set<string>): boolean {
  if (seen.has(entry.dn)) return false
  seen.add(entry.dn)
  const groups = [entry.memberOf ?? []].flat().map(String)
  if (groups.some((dn) => folded(dn) === folded(groupDn))) return true
  return all.some((group) => groups.includes(group.dn) && isInChain(group, groupDn, all, seen))
}

function folded(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
}

function asLdap({ dn, ...attributes }: FakeEntry, { attributes: asked }: LdapSearch): LdapEntry {
  const wanted = new Set(asked.map((name) => name.toLowerCase()))
  const values = Object.entries(attributes)
    .filter(([name]) => wanted.has(name.toLowerCase()))
    .map(([name, value]) => [name.toLowerCase(), value instanceof Uint8Array ? [value] : [value].flat()] as const)
  return { dn, values: new Map(values as [string, string[]][]) }
}

let guids = 0

/** An ordinary user of `corp.example`, enabled for SIP; `over` replaces attributes. */
export function fakePerson(name: string, over: Record<string, string | string[]> = {}): FakeEntry {
  const guid = new Uint8Array(16)
  guid[0] = ++guids
  return {
    dn: `CN=${name},OU=People,DC=corp,DC=example`,
    objectCategory: 'person',
    objectGUID: guid,
    userPrincipalName: `${name}@corp.example`,
    displayName: name,
    userAccountControl: '512',
    'msRTCSIP-PrimaryUserAddress': `sip:${name}@corp.example`,
    'msRTCSIP-UserEnabled': 'TRUE',
    ...over,
  }
}
