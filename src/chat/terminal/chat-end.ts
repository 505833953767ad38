/**
 * How a conversation at a terminal is set up, and how it can end.
 */

import type { Aor } from '../../sip/uri/aor.ts'
import type { AgentListener } from '../agent/events.ts'
import type { ConnectFailure } from '../agent/ports.ts'
import type { UserAgent } from '../agent/user-agent.ts'
import type { History } from '../history.ts'

export type ChatEnd =
  | { readonly kind: 'quit'; readonly sentCount: number; readonly failedCount: number }
  /** There was no connection in the first place. */
  | { readonly kind: 'unreachable'; readonly failure: ConnectFailure }
  | { readonly kind: 'refused'; readonly status: number; readonly reason: string }

export interface ChatOptions {
  readonly own: Aor
  readonly peer: Aor
  readonly history: History
  /** The agent that tells this listener. */
  readonly makeAgent: (listener: AgentListener) => UserAgent
}
