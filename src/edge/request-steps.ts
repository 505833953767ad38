/**
 * The order of the steps that a request passes at the edge: the policy of this proxy in one list. The first step that
 * answers ends the walk; a request that passes them all goes to its sender's shard, or along its dialog's route.
 */
import type { Arrival, Step, Verdict } from './arrival.ts'
import { challenge } from './steps/challenge.ts'
import { extensions } from './steps/extensions.ts'
import { hops } from './steps/hops.ts'
import { mandatoryHeaders } from './steps/mandatory-headers.ts'
import { overload } from './steps/overload.ts'
import { ownOptions } from './steps/own-options.ts'
import { requestUri } from './steps/request-uri.ts'
import { route } from './steps/route.ts'
import { sender } from './steps/sender.ts'

const steps: readonly Step[] = [
  mandatoryHeaders, // before anything reads them
  hops, // a loop must end even if all else would be refused more politely
  extensions,
  ownOptions, // before the sender: monitoring has no account
  overload, // before anything that costs
  sender,
  route, // needs the sender; decides whether the Request-URI is a user of ours or a device's contact
  requestUri,
  challenge, // last: only what could be served is worth a challenge
]

export function walkSteps(arrival: Arrival): Verdict {
  for (const step of steps) {
    const verdict = step(arrival)
    if (verdict !== 'continue') return verdict
  }
  return 'continue'
}
