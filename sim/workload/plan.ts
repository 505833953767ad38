/**
 * What a preset lays down beside the parameters: how long, who comes when, how busy each hour is, and which storms
 * there are. All times are model time from the start of the run.
 */
import type { Parameters } from './parameters.ts'

/** Live: a real server, in real time. Virtual: the whole system in virtual time, so that windows may be long. */
export const drivers = ['live', 'virtual'] as const
export type Driver = (typeof drivers)[number]

/** How users come. */
export type Arrival =
  /** One after the other, at an even pace; each step goes on until this part of all users is signed in. */
  | {
      readonly kind: 'ramp'
      readonly perSecond: number
      readonly steps: readonly { readonly atMs: number; readonly share: number }[]
      /** By team: those who are there know each other, also when only a part of all is there. */
      readonly order: 'random' | 'by-team'
    }
  /** In the morning of each day, and home in the evening; some never sign out, and come in at `perSecond` at first. */
  | {
      readonly kind: 'workday'
      readonly perSecond: number
      readonly comingShare: number
      readonly stayingShare: number
      /** Normal, cut to ± `cutMs`. */
      readonly comeAtMs: number
      readonly comeSigmaMs: number
      readonly comeCutMs: number
      /** Normal, at least `lengthMinMs`. */
      readonly lengthMs: number
      readonly lengthSigmaMs: number
      readonly lengthMinMs: number
    }

/** When everybody has come who is to be there at the start: from then on the load is what it is meant to be. */
export function setUpMs({ users }: Parameters, arrival: Arrival): number {
  const share = arrival.kind === 'ramp' ? arrival.steps[0]!.share : arrival.stayingShare
  return ((share * users) / arrival.perSecond) * 1_000
}

export type Storm =
  /** SIGKILL, and a start at once. */
  | { readonly kind: 'kill-server'; readonly atMs: number }
  /** Conversations go `factor` times as fast, and one user writes to `recipients` others within `withinMs`. */
  | {
      readonly kind: 'messages'
      readonly atMs: number
      readonly forMs: number
      readonly factor: number
      readonly recipients: number
      readonly withinMs: number
    }
  /** This part of all users publishes within `withinMs`: a meeting of the whole company. */
  | { readonly kind: 'presence'; readonly atMs: number; readonly withinMs: number; readonly share: number }

export interface Windows {
  /** From the start of the run, the sign-ins included, until figures are taken. */
  readonly warmUpMs: number
  readonly measureMs: number
}

export interface Plan {
  readonly durationMs: number
  readonly windows: Windows
  /** Each hour of a day from midnight, or one value for always; 1.0 is the busy hour. */
  readonly activity: readonly number[]
  readonly arrival: Arrival
  readonly storms: readonly Storm[]
  /** Model time against real time in a live run. */
  readonly speed: number
}

export interface Form {
  readonly driver: Driver
  /** A few minutes and users, for continuous integration: never shown as capacity. */
  readonly quick: boolean
}

export interface Preset {
  readonly name: string
  /** One line, for lists. */
  readonly purpose: string
  /** What differs from the defaults. */
  parameters(form: Form): Partial<Parameters>
  plan(parameters: Parameters, form: Form): Plan
}

export const quickUsers = 300
