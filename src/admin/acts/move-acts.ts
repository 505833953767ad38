/**
 * What administrators can ask about the home of a user.
 */
import type { AdminResult } from '../result.ts'

export interface MovedUser {
  readonly aor: string
  /** Empty where it is not known: his home was dead. */
  readonly from: string
  readonly to: string
  /** Rises with each move; of two homes the one with the higher epoch is right. */
  readonly epoch: number
  readonly records: number
  /** How long messages for him waited. */
  readonly frozenMs: number
}

/** For a user of whom nothing was copied here. */
export interface AdoptedUser {
  readonly displayName: string
  readonly password: string | null
}

export interface MoveBackend {
  /** `to`: a home by its name in the topology. He is there when it resolves, or has stayed. */
  move(user: string, to: string): Promise<AdminResult<MovedUser>>
  /** This server becomes his home in place of one that is dead. */
  adopt(user: string, as: AdoptedUser): Promise<AdminResult<MovedUser>>
}
