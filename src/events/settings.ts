/**
 * What an administrator may set about subscriptions (section `events` of the configuration).
 */
export interface EventSettings {
  readonly minExpiresSeconds: number
  readonly maxExpiresSeconds: number
  /** Changes of one subscription within this time become one NOTIFY; the first after a quiet time leaves at once. */
  readonly coalesceMs: number
  /** Of one user, over all devices and packages. */
  readonly subscriptionsPerUserMax: number
  /** SUBSCRIBE requests of one account; 0 turns this limit off. */
  readonly requestsPerSecond: number
  readonly burst: number
  /** A NOTIFY over UDP beyond this is not sent: fragments are lost together. */
  readonly udpFragmentBytesMax: number
}

export const standardEventSettings: EventSettings = Object.freeze({
  minExpiresSeconds: 60,
  maxExpiresSeconds: 86_400,
  coalesceMs: 250,
  subscriptionsPerUserMax: 2_000,
  requestsPerSecond: 50,
  burst: 1_000,
  udpFragmentBytesMax: 8_192,
})
