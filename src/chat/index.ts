/**
 * Chat: a SIP user agent for instant messages and presence, and a small terminal client on it.
 *
 *   agent/     the user agent, pure: signs in, sends, receives, comes back; also what the simulator's users are
 *   bodies/    what messages hold: text, CPIM envelopes, composing notices, delivery notifications, presence
 *   terminal/  a conversation at a terminal, or in a pipe
 *
 * The rest is its outside: connections, time, the profile and the history in the data folder. The command is
 * `src/cli/chat.ts`.
 */
export type { AgentEvent, AgentListener, MessageOutcome, OutgoingMessage, SeenPresence } from './agent/events.ts'
export type { AgentFlowSink, AgentPorts, ConnectFailure, Connector } from './agent/ports.ts'
export { type AgentSettings, type BackOff, personalBackOff } from './agent/settings.ts'
export { UserAgent } from './agent/user-agent.ts'
export type { PresenceState } from './bodies/presence-body.ts'
export { placeText, type ServerPlace, type ServerTrust, serverConnector } from './connect.ts'
export { History } from './history.ts'
export { processClock, processEntropy, processTimers } from './process-ports.ts'
export { openProfile, type Profile } from './profile.ts'
export type { ChatEnd, ChatOptions } from './terminal/chat-end.ts'
export { chatInteractively } from './terminal/interactive-chat.ts'
export { aorOfName } from './terminal/names.ts'
export { chatPlainly } from './terminal/plain-chat.ts'
export { colours, noColours } from './terminal/style.ts'
