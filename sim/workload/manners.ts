/**
 * How a device behaves by itself: refreshes, keep-alives, its clock, how it comes back.
 */
import type { DeviceManners } from './action.ts'
import { normal } from './distributions.ts'
import type { Parameters } from './parameters.ts'
import { Stream } from './random.ts'

/** In the order in which devices take them; `extraSubscriptions` says how many. */
export const extraPackages: readonly string[] = ['presence.winfo', 'xcap-diff', 'message-summary', 'reg']

/** RFC 5626 §4.5: base and largest wait, seconds. */
const baseSeconds = 30
const waitSecondsMax = 1_800

const hourMs = 3_600_000
/** More devices than a user can have: users and devices are one key. */
const devicesMax = 8

/** Of the parameters of the model, those on which `deviceManners` rests; in their order there. */
export const mannerParameters = [
  'expiresSeconds',
  'refreshFrom',
  'refreshTo',
  'lists',
  'extraSubscriptions',
  'keepAliveFromSeconds',
  'keepAliveToSeconds',
  'reconnect',
  'reconnectSeconds',
  'clockErrorSeconds',
  'clockWrongShare',
] as const satisfies readonly (keyof Parameters)[]

export type MannerParameters = Pick<Parameters, (typeof mannerParameters)[number]>

export function deviceManners(parameters: MannerParameters, seed: number, user: number, device: number): DeviceManners {
  const random = new Stream(seed, 'device', user, 1 + device)
  const refreshAt = random.between(parameters.refreshFrom, parameters.refreshTo)
  const keepAliveMs = Math.round(random.between(parameters.keepAliveFromSeconds, parameters.keepAliveToSeconds) * 1_000)
  const error = normal(random, 0, parameters.clockErrorSeconds) * 1_000
  const wrong = random.chance(parameters.clockWrongShare) ? (random.chance(0.5) ? hourMs : -hourMs) : 0
  return {
    expiresSeconds: parameters.expiresSeconds,
    refreshAt,
    keepAliveMs,
    lists: parameters.lists,
    extraPackages: extraPackages.slice(0, parameters.extraSubscriptions),
    clockErrorMs: Math.round(error + wrong),
    reconnectAfterMs(failures) {
      const draw = new Stream(seed, 'reconnect', user * devicesMax + device, failures).float()
      if (parameters.reconnect === 'uniform') return Math.round(draw * parameters.reconnectSeconds * 1_000)
      const waitSeconds = Math.min(waitSecondsMax, baseSeconds * 2 ** Math.min(failures, 16))
      return Math.round((waitSeconds / 2) * (1 + draw) * 1_000)
    },
  }
}
