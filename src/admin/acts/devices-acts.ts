/**
 * What administrators can ask of the devices that have a secret of their own (`src/directory/enrolment/`).
 */
import type { AdminResult } from '../result.ts'

export interface EnrolledDeviceSummary {
  /** Empty for the one whose user name is the account's own. */
  readonly device: string
  /** What its client gives as user name. */
  readonly userName: string
  /** ISO 8601, UTC. */
  readonly enrolledAt: string
}

export interface DeviceList {
  readonly aor: string
  readonly devices: readonly EnrolledDeviceSummary[]
}

export interface NewDevice {
  readonly aor: string
  readonly device: string
  readonly userName: string
  /** Shown once; nobody can read it again. */
  readonly secret: string
}

export interface DevicesBackend {
  list(user: string): Promise<AdminResult<DeviceList>>
  /** Its secret counts no longer, and flows of all devices of this user end. */
  revoke(user: string, device: string): Promise<AdminResult<DeviceList>>
  /** Like the enrolment page: with the password of the account. */
  enrol(user: string, password: string, device: string): Promise<AdminResult<NewDevice>>
}

/** Enrolment as the running server does it. */
export interface DeviceBook {
  enrol(user: string, password: string, device: string): Promise<AdminResult<NewDevice>>
}
