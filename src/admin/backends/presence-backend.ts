/**
 * Presence for administrators: checks whom they mean, asks the user's shard, and writes down what was set. What hard
 * state means is decided in `src/presence/`.
 */
import { Buffer } from 'node:buffer'
import type { PresenceReply, PresenceRequest } from '../../ports/admin.ts'
import type { NewHardState, PresenceBackend, PresenceSummary, WatchersSummary } from '../acts/presence-acts.ts'
import type { AdminPorts } from '../ports.ts'
import type { AdminResult } from '../result.ts'
import { denied, granted } from '../result.ts'
import { readUserName } from '../user-name.ts'
import { writeDown } from './write-down.ts'

export function createPresenceBackend(ports: AdminPorts): PresenceBackend {
  return {
    show: async (user) => summaryOf(await ask(ports, user, { act: 'show' })),
    watchers: async (user) => watchersOf(await ask(ports, user, { act: 'watchers' })),
    set: (user, state) => set(ports, user, state),
    clear: async (user, by) => {
      const reply = await ask(ports, user, { act: 'clear', by })
      return summaryOf(reply, await noted(ports, reply, 'presence.clear', by))
    },
  }
}

async function set(ports: AdminPorts, user: string, state: NewHardState): Promise<AdminResult<PresenceSummary>> {
  const { by, status, activity, note, document, fromMs, untilMs } = state
  const hasWords = status !== null || activity !== null || note !== null
  if (document !== null && hasWords) return denied('invalid', 'either a document says it, or words do')
  const says = document === null ? { status, activity, note } : { document: Buffer.from(document) }
  const reply = await ask(ports, user, { act: 'set', by, says, fromMs, untilMs })
  // The note may be private; that something was said is not.
  const detail = [by, status, activity, note && 'a note', document && 'a document'].filter(Boolean).join(', ')
  return summaryOf(reply, await noted(ports, reply, 'presence.set', detail))
}

async function ask(ports: AdminPorts, user: string, request: PresenceRequest): Promise<PresenceReply> {
  const named = readUserName(user, ports.domains)
  if (!named.ok) return { ok: false, error: 'invalid', message: named.message }
  return ports.presence.askPresence(named.aor, request)
}

async function noted(ports: AdminPorts, reply: PresenceReply, event: string, detail: string) {
  return reply.ok ? writeDown(ports, { event, subject: reply.aor, revokes: false, detail }) : []
}

function summaryOf(reply: PresenceReply, warnings: readonly string[] = []): AdminResult<PresenceSummary> {
  if (!reply.ok) return denied(reply.error, reply.message)
  const { aor, basic, activity, notes, devicesOnline, sources } = reply
  const document = Buffer.from(reply.document).toString('utf8')
  return granted({ aor, basic, activity, notes, devicesOnline, sources, document }, warnings)
}

function watchersOf(reply: PresenceReply): AdminResult<WatchersSummary> {
  if (!reply.ok) return denied(reply.error, reply.message)
  const watchers = reply.watchers.map(({ watcher, verdict, sinceMs }) => {
    return { watcher, state: verdict, since: new Date(sinceMs).toISOString() }
  })
  return granted({ aor: reply.aor, watchers })
}
