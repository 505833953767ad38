/**
 * The servers that belong together and what each is for, as the core sees them: read from `topology.yaml` or from the
 * directory, the same on all of them up to its version.
 */
import type { Aor } from '../sip/uri/aor.ts'

/** `home` holds users; `front-end` authenticates and passes on, and keeps no durable state of users. */
export type ServerRole = 'home' | 'front-end' | 'both'

export interface TopologyServer {
  /** Fully qualified, lower case: what its certificate's SAN must name. */
  readonly name: string
  readonly role: ServerRole
  /** Where the other servers reach it; usually its name and 5061. */
  readonly linkHost: string
  readonly linkPort: number
  /** Where clients are sent that are redirected to it: a SIP URI. Null: clients do not reach it. */
  readonly clientUri: string | null
}

export interface Topology {
  /** Rises with each change; travels in the first exchange of a link and in wrong-home answers. */
  readonly version: number
  /** SIP domains of these servers: what is addressed to them never leaves them. */
  readonly domains: readonly string[]
  readonly servers: readonly TopologyServer[]
  /** SHA-256 fingerprints of certificates that are denied, lower-case hexadecimal without colons. */
  readonly deniedFingerprints: readonly string[]
}

/** A user's home; or nobody's address; or not to be found out now, since a home that may have the user is silent. */
export type Home = { readonly server: string } | 'nobody' | 'unsure'

/** Which server is whose home, as far as this server knows. */
export interface Homing {
  /** Asks where that is not known yet. `onHome` is called once, in a later tick or at once, in the order of asking. */
  find(aor: Aor, onHome: (home: Home) => void): void
  /** What was found out last, however long ago; null where nothing was. */
  peek(aor: Aor): Home | null
  /** A home has said that this is wrong: the next `find` asks again. */
  forget(aor: Aor): void
}
