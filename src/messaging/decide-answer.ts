/**
 * The delivery table of pager-mode MESSAGE (RFC 3428) as one pure function: how the devices stand and what the mailbox
 * holds in, the answer to the sender and who gets a queue entry out. `conclude.ts` turns the decision into effects.
 *
 *     one device took it                              delivered   200; entries for the other known devices
 *     none yet, one may still answer in time          wait
 *     never stored, none took it                      not-taken   480
 *     all refused for good, no other known            refused     the best of their answers
 *     mailbox full                                    full        480 with Retry-After, nothing kept
 *     else                                            stored      202; mailbox, entries for the known devices
 */

/**
 * `away`: known and not tried. `behind`: on line, but its queue comes first. `asked`: on line, has not answered, and
 * may be waiting for its turn.
 */
export type Standing = 'away' | 'behind' | 'asked' | 'taken' | 'refused' | 'not-now'

export interface DeviceStanding {
  readonly deviceKey: string
  /** Recognised when it returns, so it can have a queue. */
  readonly lasting: boolean
  readonly standing: Standing
  /** Status of its final answer; 0 without one. */
  readonly status: number
}

export interface DeliverySituation {
  readonly devices: readonly DeviceStanding[]
  readonly isTransient: boolean
  readonly isTimeUp: boolean
  /** The mailbox has no room for this message. */
  readonly isMailboxFull: boolean
}

export type Decision =
  | { readonly act: 'wait' }
  | { readonly act: 'delivered'; readonly by: DeviceStanding; readonly queueFor: readonly DeviceStanding[] }
  | { readonly act: 'stored'; readonly queueFor: readonly DeviceStanding[] }
  | { readonly act: 'refused'; readonly by: DeviceStanding }
  | { readonly act: 'not-taken' }
  | { readonly act: 'full' }

const wait: Decision = Object.freeze({ act: 'wait' })
const notTaken: Decision = Object.freeze({ act: 'not-taken' })
const full: Decision = Object.freeze({ act: 'full' })
const nobody: readonly DeviceStanding[] = Object.freeze([])

export function decideAnswer(situation: DeliverySituation): Decision {
  const { devices, isTransient, isTimeUp } = situation
  const taker = bestTaker(devices)
  if (taker) return { act: 'delivered', by: taker, queueFor: isTransient ? nobody : wanting(devices) }
  if (!isTimeUp && devices.some(({ standing }) => standing === 'asked')) return wait
  if (isTransient) return notTaken
  const refuser = bestRefusal(devices)
  if (refuser) return { act: 'refused', by: refuser }
  return situation.isMailboxFull ? full : { act: 'stored', queueFor: wanting(devices) }
}

/**
 * The same for a copy of what the user sent from elsewhere: nobody waits for an answer, and the mailbox, which is for
 * what no device has, never holds one.
 */
export function decideCopy(situation: DeliverySituation): Decision {
  const { devices, isTransient, isTimeUp } = situation
  if (!isTimeUp && devices.some(({ standing }) => standing === 'asked')) return wait
  const queueFor = isTransient ? nobody : wanting(devices)
  return queueFor.length === 0 ? notTaken : { act: 'stored', queueFor }
}

/** Lasting devices that neither took nor refused it. One that was asked and is silent may never answer: it counts. */
function wanting(devices: readonly DeviceStanding[]): readonly DeviceStanding[] {
  const wanted = ({ lasting, standing }: DeviceStanding) => lasting && standing !== 'taken' && standing !== 'refused'
  // Asked first, since the usual answer is nobody, and then nothing is allocated.
  return devices.some(wanted) ? devices.filter(wanted) : nobody
}

/** A 2xx rather than a 482, which tells the sender nothing. */
function bestTaker(devices: readonly DeviceStanding[]): DeviceStanding | null {
  let best: DeviceStanding | null = null
  for (const device of devices) {
    if (device.standing === 'taken' && (best === null || device.status < best.status)) best = device
  }
  return best
}

/** RFC 3261 §16.7 step 6: a 6xx, else the lowest class. Null unless all refused for good. */
function bestRefusal(devices: readonly DeviceStanding[]): DeviceStanding | null {
  let best: DeviceStanding | null = null
  for (const device of devices) {
    if (device.standing !== 'refused') return null
    if (best === null || rank(device.status) < rank(best.status)) best = device
  }
  return best
}

function rank(status: number): number {
  return status >= 600 ? status - 600 : status
}
