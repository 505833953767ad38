/**
 * What the admin API answers, as far as the console shows it (`docs/reference/openapi.json` has the whole).
 */
export type Role = 'reader' | 'operator' | 'administrator'

export interface Session {
  readonly name: string
  readonly role: Role
}

/** A bound of a histogram in seconds; null: nothing happened. */
export type Bound = number | 'longer' | null

export interface Summary {
  readonly version: string
  readonly startedMs: number
  readonly atMs: number
  readonly intervalSeconds: number
  readonly figures: {
    readonly now: Readonly<Record<string, number>>
    readonly perSecond: Readonly<Record<string, number>>
    readonly latencySeconds: Readonly<Record<string, { readonly p50: Bound; readonly p99: Bound }>>
    readonly waiting: Readonly<Record<string, number>>
    readonly workers: readonly { readonly worker: number; readonly values: Readonly<Record<string, number>> }[]
  }
  readonly store: { readonly bytes: number; readonly writable: boolean; readonly detail: string }
  readonly certificates: readonly {
    readonly what: string
    readonly subject: string
    readonly daysLeft: number | null
    readonly fault: string | null
  }[]
}

export interface UserRow {
  readonly aor: string
  readonly displayName: string
  readonly aliases: readonly string[]
  readonly groups: readonly string[]
  readonly disabled: boolean
  readonly createdAt: string
}

export interface UserPage {
  readonly users: readonly UserRow[]
  readonly next: string | null
  readonly total: number
}

export interface Registration {
  readonly deviceKey: string
  readonly contactUri: string
  readonly userAgent: string
  readonly online: boolean
  readonly transport: string
}

export interface UserDetails extends UserRow {
  readonly devices: readonly Registration[]
  readonly mailboxMessages: number
}

export interface Topology {
  readonly own: string | null
  readonly version: number
  readonly domains: readonly string[]
  readonly servers: readonly {
    readonly name: string
    readonly role: string
    readonly linkHost: string
    readonly linkPort: number
  }[]
}

export interface ShownReport {
  readonly file: string
  readonly atMs: number
  readonly report: {
    readonly verdict?: {
      readonly word?: string
      readonly sentence?: string
      readonly paragraph?: string
      readonly label?: string
    }
    readonly warnings?: readonly string[]
  }
}

export function isAtLeast(role: Role, least: Role): boolean {
  const order: readonly Role[] = ['reader', 'operator', 'administrator']
  return order.indexOf(role) >= order.indexOf(least)
}
