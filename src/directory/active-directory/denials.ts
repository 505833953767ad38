/**
 * A no of the directory is sticky. Domain controllers replicate late, so another one's plain yes may be older than the
 * no; only the one that said it, by a change after it, or a higher version of the deciding attribute lifts it.
 */

/** What a no rests on. */
export const deniedBy = ['account-disabled', 'sip-disabled', 'expired', 'no-address', 'deleted'] as const
export type DeniedBy = (typeof deniedBy)[number]

export interface Denial {
  /** objectGUID of the user. */
  readonly guid: string
  readonly by: DeniedBy
  /** Of the database of the domain controller that said it; another one counts its changes otherwise. */
  readonly invocationId: string
  /** uSNChanged there; of a deletion that was found by absence the highest one at that time. */
  readonly usn: bigint
  /** Version of the deciding attribute, which all domain controllers count alike; null where it is not to be read. */
  readonly version: number | null
}

/** What a domain controller says of a user now. */
export interface Observation {
  readonly guid: string
  readonly invocationId: string
  readonly usn: bigint
  /** What speaks against him; empty where nothing does. */
  readonly against: readonly DeniedBy[]
  /** Versions of the deciding attributes as far as they are to be read. */
  readonly versions: ReadonlyMap<DeniedBy, number>
}

/** What is to be kept in the store because of an observation. */
export interface DenialChanges {
  readonly put: readonly Denial[]
  readonly lifted: readonly Denial[]
}

export class Denials {
  readonly #byUser = new Map<string, Map<DeniedBy, Denial>>()

  /** As they were kept. */
  load(denials: Iterable<Denial>): void {
    for (const denial of denials) this.#put(denial)
  }

  /** Whether he may do nothing, and why; empty where he may. */
  against(guid: string): readonly DeniedBy[] {
    return [...(this.#byUser.get(guid)?.keys() ?? [])]
  }

  /** The changes must be durable before anything is granted by them. */
  observe(observation: Observation): DenialChanges {
    const put: Denial[] = []
    const lifted: Denial[] = []
    for (const by of deniedBy) {
      const known = this.#byUser.get(observation.guid)?.get(by) ?? null
      if (observation.against.includes(by)) {
        const denial = denialOf(observation, by)
        if (known && !isNewer(denial, known)) continue
        this.#put(denial)
        put.push(denial)
      } else if (known && lifts(observation, known)) {
        this.#byUser.get(observation.guid)!.delete(by)
        lifted.push(known)
      }
    }
    return { put, lifted }
  }

  #put(denial: Denial): void {
    const ofUser = this.#byUser.get(denial.guid) ?? new Map<DeniedBy, Denial>()
    ofUser.set(denial.by, denial)
    this.#byUser.set(denial.guid, ofUser)
  }
}

function denialOf({ guid, invocationId, usn, versions }: Observation, by: DeniedBy): Denial {
  return { guid, by, invocationId, usn, version: versions.get(by) ?? null }
}

/** A repeated no moves on with the version; one of another controller takes over only where it is known to be later. */
function isNewer(denial: Denial, known: Denial): boolean {
  if (denial.version !== null && known.version !== null) return denial.version > known.version
  if (denial.version !== null || known.version !== null) return denial.version !== null
  return denial.invocationId === known.invocationId && denial.usn > known.usn
}

/** A yes by this observation is later than that no. */
function lifts({ invocationId, usn, versions }: Observation, { by, ...known }: Denial): boolean {
  const version = versions.get(by)
  if (version !== undefined && known.version !== null) return version > known.version
  return invocationId === known.invocationId && usn > known.usn
}
