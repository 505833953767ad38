/**
 * What an administrator may set about presence (section `presence` of the configuration).
 */
export interface PresenceSettings {
  readonly minExpiresSeconds: number
  readonly maxExpiresSeconds: number
  readonly defaultExpiresSeconds: number
  /** Publications of one user that stand at once. */
  readonly publicationsMax: number
  readonly documentBytesMax: number
  /** A device whose flow broke counts as there for so long: a closed lid, a change of network. */
  readonly unreachableGraceMs: number
  /** Entries of a list that comes with a SUBSCRIBE (RFC 5367). */
  readonly listMembersMax: number
  /** Entries of all lists that one user subscribes to, over all devices. */
  readonly listMembersPerUserMax: number
  /** Documents in one NOTIFY about a list: what is beyond follows in the next. */
  readonly listNotifyBytesMax: number
  /** The same where NOTIFYs leave by UDP, as fragments. */
  readonly listNotifyUdpBytesMax: number
}

export const standardPresenceSettings: PresenceSettings = Object.freeze({
  minExpiresSeconds: 60,
  maxExpiresSeconds: 86_400,
  defaultExpiresSeconds: 3_600,
  publicationsMax: 32,
  documentBytesMax: 64 * 1024,
  unreachableGraceMs: 15_000,
  listMembersMax: 1_000,
  listMembersPerUserMax: 20_000,
  listNotifyBytesMax: 192 * 1024,
  listNotifyUdpBytesMax: 4 * 1024,
})
