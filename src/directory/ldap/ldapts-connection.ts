/**
 * A connection of ldapts over a socket that is already under TLS. ldapts reconnects by itself, without bind and, after
 * StartTLS, in the clear: it is given this one socket and no way to another.
 */
import type { Buffer } from 'node:buffer'
import type { Socket } from 'node:net'
import { Attribute, Change, Client, Control, type Entry, ResultCodeError } from 'ldapts'
import {
  type LdapChange,
  type LdapEntry,
  LdapFault,
  type LdapSearch,
  type LdapStep,
  type LdapWriter,
} from '../../ports/ldap.ts'
import { ldaptsFilter } from './ldapts-filter.ts'

/** Below the 1,000 entries that a domain controller gives at most at once (MaxPageSize). */
const pageEntries = 500

/** Show deleted objects ([MS-ADTS] §3.1.1.3.4.1.14). */
const showDeletedControl = '1.2.840.113556.1.4.417'

export class LdaptsConnection implements LdapWriter {
  readonly #client: Client
  readonly #socket: Socket
  readonly #onClosed: () => void
  #open = true

  /** `deadlineMs` is for each answer: a page of a search, a bind. */
  constructor(socket: Socket, deadlineMs: number, onClosed: () => void = () => {}) {
    this.#socket = socket
    this.#onClosed = onClosed
    this.#client = clientOver(socket, deadlineMs)
    socket.once('close', () => this.close())
  }

  get isOpen(): boolean {
    return this.#open
  }

  async search(search: LdapSearch, onPage: (entries: readonly LdapEntry[]) => void): Promise<void> {
    const controls = search.showDeleted ? [new Control(showDeletedControl, { critical: true })] : []
    const options = {
      scope: search.scope,
      filter: ldaptsFilter(search.filter),
      attributes: [...search.attributes],
      explicitBufferAttributes: [...(search.binary ?? [])],
    }
    await this.#asked(async () => {
      if (search.scope === 'base') {
        const { searchEntries } = await this.#client.search(search.base, options, controls)
        return onPage(searchEntries.map(ldapEntry))
      }
      const paged = { ...options, paged: { pageSize: pageEntries } }
      for await (const { searchEntries } of this.#client.searchPaginated(search.base, paged, controls)) {
        onPage(searchEntries.map(ldapEntry))
      }
    })
  }

  async bind(name: string, password: string): Promise<void> {
    // RFC 4513 §5.1.2: a name without a password is an anonymous session, and it succeeds.
    if (name === '' || password === '') throw new LdapFault('refused', 'an empty name or password is never sent', 49)
    await this.#asked(() => this.#client.bind(name, password))
  }

  async modify({ dn, replace }: LdapChange): Promise<void> {
    const changes = Object.entries(replace).map(([type, values]) => {
      return new Change({ operation: 'replace', modification: new Attribute({ type, values: [...values] }) })
    })
    await this.#asked(() => this.#client.modify(dn, changes))
  }

  async take(step: LdapStep): Promise<void> {
    if (step.step === 'modify') return this.modify(step)
    const { dn } = step
    if (step.step === 'remove') return this.#asked(() => this.#client.del(dn))
    const values = Object.entries(step.values).map(([name, list]) => [name, [...list]] as [string, string[]])
    await this.#asked(() => this.#client.add(dn, Object.fromEntries(values)))
  }

  close(): void {
    if (!this.#open) return
    this.#open = false
    this.#socket.destroy()
    this.#onClosed()
  }

  async #asked<T>(act: () => Promise<T>): Promise<T> {
    if (!this.#open) throw new LdapFault('gone', 'the connection is closed')
    try {
      return await act()
    } catch (error) {
      const fault = ldapFault(error)
      // What answers late or not understandably is not asked again: its answers could be taken for others.
      if (fault.kind !== 'refused') this.close()
      throw fault
    }
  }
}

function clientOver(socket: Socket, deadlineMs: number): Client {
  let given = false
  const createConnection = (() => {
    if (given) throw new LdapFault('gone', 'the connection is closed')
    given = true
    return socket
  }) as unknown as NonNullable<ConstructorParameters<typeof Client>[0]['createConnection']>
  return new Client({ url: 'ldap://given', timeout: deadlineMs, autoRebind: false, strictDN: false, createConnection })
}

function ldapFault(error: unknown): LdapFault {
  if (error instanceof LdapFault) return error
  if (error instanceof ResultCodeError) return new LdapFault('refused', error.message, error.code)
  const message = error instanceof Error ? error.message : String(error)
  return new LdapFault(/timed out/.test(message) ? 'deadline' : 'gone', message.replaceAll('\n', ': '))
}

function ldapEntry({ dn, ...attributes }: Entry): LdapEntry {
  const values = new Map<string, readonly (string | Uint8Array)[]>()
  for (const [name, value] of Object.entries(attributes)) {
    const list = Array.isArray(value) ? value : [value]
    // ldapts adds an empty list for each attribute that was asked for and is not there.
    if (list.length > 0) values.set(name.toLowerCase(), list as readonly (string | Buffer)[])
  }
  return { dn, values }
}
