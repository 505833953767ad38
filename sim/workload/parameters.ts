/**
 * Every parameter of the model of users, with its default and where that comes from. Rates are per signed-in user (or
 * device, where said) and hour at activity 1.0, the busy hour; gaps between events are exponential unless said
 * otherwise. The model's version rises when the same seed would give another plan.
 */
import type { Era, ParameterFact, ValueOf } from './parameter-facts.ts'
import { aChoice, aNumber, aShare, aSwitch, aWholeNumber } from './parameter-facts.ts'
import { graphParameters } from './parameters-of-graph.ts'
import { talkParameters } from './parameters-of-talks.ts'

export const modelVersion = 1

const peopleParameters = {
  users: aWholeNumber([2, 1_000_000], {
    symbol: 'N',
    standard: 10_000,
    source: 'LCS 2003',
    text: 'users that live on this server',
  }),
  concurrency: aShare({
    symbol: 'c',
    standard: 1,
    source: 'assumed, conservative; LYNC13 plans with 0.80',
    text: 'part of the users that is signed in at the peak: U = cN',
  }),
  devices: aNumber([1, 5], {
    symbol: 'd',
    standard: [1, 1.5],
    distribution: '1 + binomial(4, (d − 1) / 4)',
    source: 'LYNC13: 1.5, with mobiles 1.9; in 2003 one client per user',
    text: 'devices of a signed-in user: D = dU',
  }),
  rampPerSecond: aNumber([0.1, 10_000], {
    unit: 'users/s',
    standard: 40,
    distribution: 'even',
    source: 'assumed',
    text: 'how fast users sign in before a steady load',
  }),
  signInsPerHour: aNumber([0, 60], {
    symbol: 'λ_sign',
    unit: '/h',
    standard: 0.1,
    distribution: 'exponential; in a workday by its curve',
    source: 'assumed: one session a day',
    text: 'sign-outs of a user, and as many sign-ins',
  }),
  signedOutSeconds: aNumber([1, 3_600], {
    unit: 's',
    standard: 60,
    distribution: 'exponential',
    source: 'assumed',
    text: 'mean time between a sign-out in a steady load and the next sign-in',
  }),
  wrongPasswordShare: aShare({
    standard: 0.002,
    source: 'assumed',
    text: 'part of the later sign-ins whose first try has a wrong password; the right one follows 8 s after it',
  }),
} as const

const presenceParameters = {
  presenceScale: aNumber([0, 100], {
    standard: 1,
    source: 'for questions such as “what if twice as much”',
    text: 'multiplies the rates of idle, meetings, calls and manual changes',
  }),
  idlePerHour: aNumber([0, 10], {
    symbol: 'λ_idle',
    unit: '/h',
    standard: 1.25,
    source: 'assumed split of λ = 4.0 (LYNC13: 4, at most 6)',
    text: 'times that a user goes idle (5 min without input); as often he comes back: λ_back',
  }),
  idleMinutes: aNumber([0.1, 600], {
    unit: 'min',
    standard: 6,
    distribution: 'log-normal, median',
    source: 'assumed',
    text: 'how long a user stays idle',
  }),
  idleSigma: aNumber([0, 3], { standard: 0.8, source: 'assumed', text: 'σ of the idle time' }),
  meetingChangesPerHour: aNumber([0, 1.9], {
    symbol: 'λ_meet',
    unit: '/h',
    standard: 0.5,
    source: 'assumed: two meetings a day',
    distribution: 'on the hour and the half hour, 30 or 60 min long',
    text: 'meetings that begin or end',
  }),
  meetingJitterSeconds: aNumber([0, 900], {
    unit: 's',
    standard: 60,
    distribution: 'uniform, ±',
    source: 'assumed',
    text: 'how far from the hour a meeting begins; presets shorter than an hour use 900: each minute is alike',
  }),
  callChangesPerHour: aNumber([0, 10], {
    symbol: 'λ_call',
    unit: '/h',
    standard: 0.6,
    source: 'assumed',
    text: 'telephone calls that begin or end',
  }),
  callMinutes: aNumber([0.1, 120], {
    unit: 'min',
    standard: 2,
    distribution: 'log-normal, median',
    source: 'assumed',
    text: 'how long a call is',
  }),
  callSigma: aNumber([0, 3], { standard: 1, source: 'assumed', text: 'σ of the length of a call' }),
  manualPerHour: aNumber([0, 60], {
    symbol: 'λ_man',
    unit: '/h',
    standard: 0.2,
    source: 'assumed',
    text: 'states set by hand: busy, do not disturb, a note',
  }),
  documentBytes: aWholeNumber([300, 65_536], {
    unit: 'bytes',
    standard: 550,
    source: 'own sample; LYNC13 4 KB, at most 25 KB',
    text: 'size of a presence document',
  }),
} as const

const deviceParameters = {
  expiresSeconds: aWholeNumber([60, 86_400], {
    symbol: 'E',
    unit: 's',
    standard: 3_600,
    source: 'RFC 3261 §10.2; clients of 2003 were seen with 900',
    text: 'Expires of REGISTER, SUBSCRIBE and PUBLISH',
  }),
  refreshFrom: aNumber([0.1, 0.99], {
    symbol: 'r',
    standard: 0.8,
    distribution: 'uniform with the next',
    source: 'assumed',
    text: 'earliest part of E at which a device refreshes',
  }),
  refreshTo: aNumber([0.1, 0.99], {
    symbol: 'r',
    standard: 0.95,
    source: 'assumed',
    text: 'latest part of E at which a device refreshes',
  }),
  lists: aSwitch({
    standard: [false, true],
    source: 'RFC 4662; a switch of the model',
    text: 'one subscription to the contact list, not one to each contact',
  }),
  extraSubscriptions: aWholeNumber([0, 4], {
    symbol: 'S_x',
    standard: 2,
    source: 'assumed',
    text: 'subscriptions of a device besides presence, in this order: presence.winfo, xcap-diff, message-summary, reg',
  }),
  flowLossesPerHour: aNumber([0, 60], {
    symbol: 'ℓ',
    unit: '/h and device',
    standard: 0.05,
    source: 'assumed: wired desks; 0.5 for wireless ones',
    text: 'connections that are lost',
  }),
  longLossShare: aNumber([0.001, 0.999], {
    standard: 0.2,
    distribution: 'length exponential',
    source: 'assumed',
    text: 'part of the losses that last more than 60 s',
  }),
  keepAliveFromSeconds: aNumber([1, 3_600], {
    unit: 's',
    standard: 95,
    distribution: 'uniform with the next',
    source: 'RFC 5626 §4.4.1',
    text: 'shortest gap between keep-alives of a device',
  }),
  keepAliveToSeconds: aNumber([1, 3_600], {
    unit: 's',
    standard: 120,
    source: 'RFC 5626 §4.4.1',
    text: 'longest gap between keep-alives of a device',
  }),
  reconnect: aChoice(['rfc5626', 'uniform'], {
    symbol: 'W',
    standard: 'rfc5626',
    source: 'RFC 5626 §4.5, base 30 s',
    distribution: 'uniform W/2 … W, W = min(1,800, 30·2ⁿ) s after n failures; or uniform over `reconnectSeconds`',
    text: 'when a device comes back after it lost the server',
  }),
  reconnectSeconds: aNumber([1, 3_600], {
    unit: 's',
    standard: 60,
    source: 'assumed',
    text: 'the width of `reconnect: uniform`',
  }),
  tlsResumption: aShare({
    symbol: 'ρ',
    standard: 0.9,
    source: 'assumed',
    text: 'part of the reconnects that resume a TLS session, while the server still has its ticket keys',
  }),
  pollsPerHour: aNumber([0, 3_600], {
    unit: '/h',
    standard: 0,
    source: 'LYNC13: 60; unknown in 2003',
    text: 'fetches of the state of one contact (SUBSCRIBE with Expires 0)',
  }),
  clockErrorSeconds: aNumber([0, 60], {
    unit: 's',
    standard: 2,
    distribution: 'normal(0, …)',
    source: 'assumed',
    text: 'deviation of the clocks of devices',
  }),
  clockWrongShare: aShare({ standard: 0.001, source: 'assumed', text: 'part of the clocks that is wrong by an hour' }),
} as const

/** As they are explained, one group after the other. */
export const parameterGroups: readonly {
  readonly title: string
  readonly parameters: Readonly<Record<string, ParameterFact>>
}[] = [
  { title: 'Users', parameters: peopleParameters },
  { title: 'Contacts', parameters: graphParameters },
  { title: 'Presence', parameters: presenceParameters },
  { title: 'Conversations', parameters: talkParameters },
  { title: 'Devices', parameters: deviceParameters },
]

export const parameterTable = {
  ...peopleParameters,
  ...graphParameters,
  ...presenceParameters,
  ...talkParameters,
  ...deviceParameters,
} as const satisfies Readonly<Record<string, ParameterFact>>

export type ParameterName = keyof typeof parameterTable
export type Parameters = { readonly [K in ParameterName]: ValueOf<(typeof parameterTable)[K]> }

export const parameterNames = Object.keys(parameterTable) as ParameterName[]

export function defaultParameters(era: Era): Parameters {
  return Object.fromEntries(parameterNames.map((name) => [name, parameterTable[name].byEra[era]])) as Parameters
}

/** All presence changes of a user and hour: λ. */
export function presenceChangesPerHour(parameters: Parameters): number {
  const { presenceScale, idlePerHour, meetingChangesPerHour, callChangesPerHour, manualPerHour } = parameters
  const byItself = 2 * idlePerHour + meetingChangesPerHour + callChangesPerHour + manualPerHour
  return presenceScale * byItself + 2 * parameters.signInsPerHour
}
