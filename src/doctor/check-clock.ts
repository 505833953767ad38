/**
 * The clock: expiries, certificates and the order of messages hang on it. Compared with what the store knows, and with
 * what the machine says of its own synchronisation.
 */
import { execFile } from 'node:child_process'
import { clockAheadMaxMs } from '../store/index.ts'
import { type Finding, Findings } from './finding.ts'

const askDeadlineMs = 2_000

export interface ClockQuestion {
  readonly nowMs: number
  /** Of the newest record that says when it was written; 0: nothing is known. */
  readonly lastWrittenMs: number
  /** Null: nothing on this machine says so. */
  isSynchronised(): Promise<boolean | null>
}

export async function checkClock({ nowMs, lastWrittenMs, isSynchronised }: ClockQuestion): Promise<readonly Finding[]> {
  const found = new Findings('clock')
  const now = new Date(nowMs).toISOString()
  const aheadMs = lastWrittenMs - nowMs
  const setRight = 'set the clock right (`timedatectl set-ntp true`)'
  if (aheadMs > clockAheadMaxMs) {
    const reason = `it is ${now}, and the store was last written at ${new Date(lastWrittenMs).toISOString()}`
    found.fault('clock', reason, `${setRight}; if it is right, \`meridian clock accept\``)
  } else if (aheadMs > 1_000) {
    found.warning('clock', `it was stepped back by ${Math.round(aheadMs / 1000)} s since the last record`, setRight)
  } else found.right('clock', `it is ${now}, not before what the store knows`)
  const state = await isSynchronised()
  if (state === true) found.right('NTP', 'the clock is synchronised')
  else if (state === false) found.warning('NTP', 'the clock is not synchronised', setRight)
  else found.right('NTP', 'nothing on this machine says whether the clock is synchronised')
  return found.all
}

/** Of systemd, which asks the kernel: true for whichever program keeps the clock. */
export function systemdSynchronised(): Promise<boolean | null> {
  const options = { timeout: askDeadlineMs }
  return new Promise((resolve) => {
    execFile('timedatectl', ['show', '--property=NTPSynchronized', '--value'], options, (error, said) => {
      const word = String(said).trim()
      resolve(error || (word !== 'yes' && word !== 'no') ? null : word === 'yes')
    })
  })
}
