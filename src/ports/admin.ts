/**
 * What an administrator can ask of the shard that owns an account. Passwords never come this far: only their digests.
 */
import type { Aor } from '../sip/uri/aor.ts'
import type { Account, DigestSecrets, DirectoryUserFacts } from './directory.ts'
import type { SeeVerdict } from './policy.ts'
import type { HardStateSource } from './records/hard-state.ts'
import type { GroupRule, PolicyDefault } from './records/policy.ts'

export type AdminRequest =
  | {
      readonly act: 'add'
      readonly displayName: string
      readonly aliases: readonly Aor[]
      readonly groups: readonly string[]
      readonly secrets: DigestSecrets
      readonly disabled: boolean
    }
  | { readonly act: 'show' }
  | { readonly act: 'set-display-name'; readonly displayName: string }
  /** One device, or all of them (null). */
  | { readonly act: 'sign-out'; readonly deviceKey: string | null }
  | { readonly act: 'set-password'; readonly secrets: DigestSecrets }
  | { readonly act: 'set-disabled'; readonly disabled: boolean }
  /** Takes the account out of some groups, then puts it into others; both may name what is so already. */
  | { readonly act: 'change-groups'; readonly add: readonly string[]; readonly remove: readonly string[] }
  | { readonly act: 'remove' }
  /** A secret for one device (`src/directory/device-name.ts`), in place of an earlier one of that name. */
  | { readonly act: 'put-device'; readonly device: string; readonly secrets: DigestSecrets }
  /** Flows of all devices end, and the others sign in again by themselves. */
  | { readonly act: 'remove-device'; readonly device: string }
  /** Are these of the account's password? Only accounts of our own have one. */
  | { readonly act: 'prove'; readonly secrets: DigestSecrets }
  /** What Active Directory says of this user now: makes the account where there is none. */
  /** `groups`: of an account that is made by it; of others `change-groups` changes them. */
  | { readonly act: 'put-directory'; readonly facts: DirectoryUserFacts; readonly groups: readonly string[] }

/** An administrator's act on who may see and write to whom: the organisation's rules, or one user's own. */
export type PolicyRequest =
  | { readonly act: 'show-organisation' }
  | { readonly act: 'set-default'; readonly default: PolicyDefault }
  /** What the rule leaves null stays as an earlier rule for this pair of groups has it. */
  | { readonly act: 'put-rule'; readonly rule: GroupRule }
  | { readonly act: 'remove-rule'; readonly from: string; readonly to: string }
  | { readonly act: 'show-user' }
  /** Null: the user has no rule for these watchers any more. */
  | { readonly act: 'set-user-rule'; readonly rule: SeeVerdict | null; readonly watchers: readonly Aor[] }

/** The organisation's policy as it is in force. */
export interface OrganisationSummary {
  readonly default: PolicyDefault
  readonly defaultFrom: 'configuration' | 'command'
  readonly rules: readonly GroupRule[]
  /** The record is damaged: nobody sees or writes to anybody before rules are made anew. */
  readonly unreadable: boolean
}

/** What a user says about watchers, each address once. */
export interface UserPolicySummary {
  readonly aor: Aor
  readonly rules: readonly { readonly watcher: string; readonly rule: SeeVerdict }[]
  /** The user's rules are damaged: he is closed to all before they are made anew. */
  readonly unreadable: boolean
}

export type PolicyReply =
  | {
      readonly ok: true
      /** Of acts on the organisation's rules. */
      readonly organisation: OrganisationSummary | null
      /** Of acts on a user's. */
      readonly user: UserPolicySummary | null
      /** Workers that had not said in time that they follow the change. */
      readonly unconfirmed: readonly number[]
    }
  | { readonly ok: false; readonly error: 'invalid' | 'not-found' | 'unavailable'; readonly message: string }

/** One device of a user as `meridian user show` prints it. */
export interface DeviceSummary {
  readonly deviceKey: string
  readonly contactUri: string
  readonly userAgent: string
  readonly online: boolean
  readonly transport: string
  readonly expiresMs: number
}

/** A device that has a secret of its own. */
export interface CredentialSummary {
  /** Empty for the one whose user name is the account's own. */
  readonly device: string
  readonly userName: string
  /** Steady wall clock. */
  readonly createdMs: number
}

export type AdminReply =
  | {
      readonly ok: true
      readonly account: Account | null
      readonly devices: readonly DeviceSummary[]
      readonly credentials: readonly CredentialSummary[]
      /** Null for an account of our own. */
      readonly directory: DirectoryUserFacts | null
      readonly mailboxMessages: number
      /** Workers that had not said in time that they follow the change; what they do after it is not known. */
      readonly unconfirmed: readonly number[]
    }
  | { readonly ok: false; readonly error: AdminRefusal; readonly message: string }

/** `invalid`: this cannot be done to an account of this kind. `not-found` also for what does not prove itself. */
export type AdminRefusal = 'exists' | 'not-found' | 'unavailable' | 'invalid'

/** An administrator's act on one document of a user (`src/xcap/`). */
export type DocumentRequest =
  | { readonly act: 'read'; readonly auid: string; readonly name: string }
  | {
      readonly act: 'write'
      readonly auid: string
      readonly name: string
      /** Null removes it. */
      readonly bytes: Uint8Array | null
      /** The tag of what was read; null where nothing was. Another tag is a conflict: nothing is written. */
      readonly etag: string | null
    }

export type DocumentReply =
  /** `document` null: there is none (any more). */
  | {
      readonly ok: true
      readonly aor: Aor
      readonly document: { readonly bytes: Uint8Array; readonly etag: string } | null
    }
  | {
      readonly ok: false
      readonly error: 'not-found' | 'conflict' | 'invalid' | 'unavailable'
      readonly message: string
    }

/** What is said of a user in simple words; null: nothing of that kind. */
export interface HardStateWords {
  /** For services where no device says anything. */
  readonly status: 'open' | 'closed' | null
  /** One of RFC 4480 §3.2. */
  readonly activity: string | null
  readonly note: string | null
}

/** An administrator's act on what is shown of a user. */
export type PresenceRequest =
  | { readonly act: 'show' }
  | { readonly act: 'watchers' }
  /** Takes the place of what the same source has said before. Times: system clock, null for open ends. */
  | {
      readonly act: 'set'
      readonly by: HardStateSource
      readonly says: HardStateWords | { readonly document: Uint8Array }
      readonly fromMs: number | null
      readonly untilMs: number | null
    }
  | { readonly act: 'clear'; readonly by: HardStateSource }

/** One that has a part in what is shown of a user, or would have if its device were there. */
export interface PresenceSource {
  readonly by: 'device' | HardStateSource
  /** Of a publication, where its device is known. */
  readonly deviceKey: string | null
  /** It counts now. */
  readonly counts: boolean
  readonly saidMs: number
  readonly fromMs: number | null
  readonly untilMs: number | null
}

export interface WatcherSummary {
  readonly watcher: Aor
  readonly verdict: SeeVerdict
  /** Since this start of the shard knows of it, at the longest. */
  readonly sinceMs: number
}

export type PresenceReply =
  | {
      readonly ok: true
      readonly aor: Aor
      /** PIDF, as watchers see it who may see all. */
      readonly document: Uint8Array
      readonly basic: 'open' | 'closed'
      /** The busiest word for what the user does; null: nothing is said. */
      readonly activity: string | null
      readonly notes: readonly string[]
      readonly sources: readonly PresenceSource[]
      readonly devicesOnline: number
      /** Only where they were asked for. */
      readonly watchers: readonly WatcherSummary[]
    }
  | { readonly ok: false; readonly error: 'invalid' | 'not-found' | 'unavailable'; readonly message: string }
