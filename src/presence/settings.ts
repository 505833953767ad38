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
}

export const standardPresenceSettings: PresenceSettings = Object.freeze({
  minExpiresSeconds: 60,
  maxExpiresSeconds: 86_400,
  defaultExpiresSeconds: 3_600,
  publicationsMax: 32,
  documentBytesMax: 64 * 1024,
  unreachableGraceMs: 15_000,
})
