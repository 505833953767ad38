/**
 * One connection to a directory server (RFC 4511), as the core sees it: already under TLS, with a deadline on whatever
 * is asked. Filters are values, not texts, so nothing that a peer sends can change what is asked.
 */

/** A search filter (RFC 4511 §4.5.1.7). Values are sent as their bytes; there is nothing to escape. */
export type LdapFilter =
  | { readonly all: readonly LdapFilter[] }
  | { readonly any: readonly LdapFilter[] }
  | { readonly not: LdapFilter }
  | { readonly equal: string; readonly value: string | Uint8Array }
  | { readonly atLeast: string; readonly value: string }
  | { readonly present: string }
  /** All of these bits are set, or membership through any number of groups, by the rule's OID. */
  | { readonly matches: string; readonly rule: string; readonly value: string }

export interface LdapSearch {
  /** Distinguished name; empty for the server's own entry. */
  readonly base: string
  readonly scope: 'base' | 'one' | 'sub'
  readonly filter: LdapFilter
  readonly attributes: readonly string[]
  /** Of these, those whose values are bytes. */
  readonly binary?: readonly string[]
  /** Deleted objects too (1.2.840.113556.1.4.417). */
  readonly showDeleted?: boolean
}

export interface LdapEntry {
  readonly dn: string
  /** By name in lower case, options such as `;range=0-1499` included; what the server left out is not there. */
  readonly values: ReadonlyMap<string, readonly (string | Uint8Array)[]>
}

export interface LdapConnection {
  /** Everything that matches, `onPage` after each page. Rejects with `LdapFault`. Referrals are not followed. */
  search(search: LdapSearch, onPage: (entries: readonly LdapEntry[]) => void): Promise<void>
  /** Simple bind; the connection is that account's afterwards, after a refusal nobody's. Rejects with `LdapFault`. */
  bind(name: string, password: string): Promise<void>
  /** Ends it at once; what is under way is rejected. Twice is once. */
  close(): void
  readonly isOpen: boolean
}

/** Afterwards each attribute has these values, and no others. */
export interface LdapChange {
  readonly dn: string
  readonly replace: Readonly<Record<string, readonly string[]>>
}

export type LdapStep =
  | ({ readonly step: 'modify' } & LdapChange)
  | {
      readonly step: 'add'
      readonly dn: string
      readonly values: Readonly<Record<string, readonly string[]>>
    }
  /** An entry that has none below it. */
  | { readonly step: 'remove'; readonly dn: string }

/** For administrators' commands alone: a server only reads. */
export interface LdapWriter extends LdapConnection {
  /** All of it or nothing. Rejects with `LdapFault`. */
  modify(change: LdapChange): Promise<void>
  /** One step; what was done before it stays done where it is refused. Rejects with `LdapFault`. */
  take(step: LdapStep): Promise<void>
}

export interface LdapServer {
  readonly host: string
  readonly port: number
}

/** Opens a connection: TCP, TLS, certificate and name checked. Rejects with `LdapFault`. */
export type OpenLdap = (server: LdapServer) => Promise<LdapConnection>

/**
 * `refused`: the server answered, and not with success. `deadline`: no answer in time. `untrusted`: its certificate is
 * not believed. `gone`: everything else that ends a connection, garbage included.
 */
export type LdapFaultKind = 'refused' | 'deadline' | 'untrusted' | 'gone'

export class LdapFault extends Error {
  readonly kind: LdapFaultKind
  /** Result code (RFC 4511 §4.1.9) of a refusal, else null. */
  readonly code: number | null

  constructor(kind: LdapFaultKind, message: string, code: number | null = null) {
    super(message)
    this.name = 'LdapFault'
    this.kind = kind
    this.code = code
  }
}
