/**
 * What a simulated user does and when: the words between the model of users and the drivers that carry them out. Times
 * are milliseconds of model time from the start of the run. Users are numbered 0 … N-1, a user's devices 0 … d-1.
 */

/** A presence state that a user shows; `cause` says why it changed (the rows of λ in the model). */
export interface ShownState {
  readonly cause:
    | 'sign-in'
    | 'idle'
    | 'back'
    | 'meeting-begins'
    | 'meeting-ends'
    | 'call-begins'
    | 'call-ends'
    | 'manual'
  readonly state: 'available' | 'away' | 'busy' | 'in-meeting' | 'on-the-phone' | 'do-not-disturb'
  readonly note?: string
}

/** One of the things that a device is told to do. Refreshes, keep-alives and answers are the device's own affair. */
export type Action =
  | { readonly kind: 'sign-in'; readonly user: number; readonly device: number; readonly wrongPassword?: true }
  | { readonly kind: 'sign-out'; readonly user: number; readonly device: number }
  | { readonly kind: 'publish'; readonly user: number; readonly device: number; readonly shown: ShownState }
  /** Session mode only: INVITE; the messages of the conversation go within its dialog until `close-session`. */
  | {
      readonly kind: 'open-session' | 'close-session'
      readonly user: number
      readonly to: number
      readonly talk: number
    }
  | {
      readonly kind: 'message'
      readonly user: number
      readonly to: number
      readonly talk: number
      readonly bodyBytes: number
    }
  | {
      readonly kind: 'typing'
      readonly user: number
      readonly to: number
      readonly talk: number
      readonly active: boolean
    }
  /** The network under the device is gone for so long; the device comes back by itself afterwards. */
  | { readonly kind: 'lose-flow'; readonly user: number; readonly device: number; readonly forMs: number }
  | { readonly kind: 'poll'; readonly user: number; readonly device: number; readonly contact: number }
  /** Of the run, not of a user: the driver kills the server with SIGKILL and starts it again at once. */
  | { readonly kind: 'kill-server' }

export interface DueAction {
  readonly dueMs: number
  readonly action: Action
}

/**
 * The plan of a run for some of its users: a stream of actions in order of their due time. The whole plan is fixed by
 * (model version, workload, users, seed): every thread can make the plan of its own users without asking another.
 */
export interface Script {
  /** When the next action is due; `Infinity` at the end of the run. */
  readonly nextDueMs: number
  /** The next action, which is thereby taken out; only when `nextDueMs` is finite. */
  take(): DueAction
}

/** How the device behaves by itself, drawn per device from the seed. */
export interface DeviceManners {
  readonly expiresSeconds: number
  /** Part of `expiresSeconds` after which it refreshes: U(0.80, 0.95). */
  readonly refreshAt: number
  readonly keepAliveMs: number
  readonly lists: boolean
  /** Event packages subscribed besides presence. */
  readonly extraPackages: readonly string[]
  readonly clockErrorMs: number
  /** Wait before the n-th attempt to come back after loss of the server, ms; n from 0. */
  reconnectAfterMs(failures: number): number
}
