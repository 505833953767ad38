/**
 * The registrar's settings, as the configuration gives them.
 */
export interface RegistrarSettings {
  readonly minExpiresSeconds: number
  readonly maxExpiresSeconds: number
  readonly defaultExpiresSeconds: number
  /** Devices with a live or remembered binding, per user. */
  readonly devicesMax: number
  /** A device not seen for this long is forgotten, and its queue with it. */
  readonly deviceRememberedMs: number
}
