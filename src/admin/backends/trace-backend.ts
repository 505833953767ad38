/**
 * The part of the admin backend that traces users. Nobody is traced unseen: beginning and end are in the audit, who,
 * whom, from when to when; where the beginning cannot be written down there is no trace.
 */
import type { BeginTrace, NewTrace, TraceBackend, TraceBook, TraceEnd, TraceFacts } from '../acts/trace-acts.ts'
import type { Caller } from '../api/caller.ts'
import type { AdminPorts } from '../ports.ts'
import { type AdminResult, denied, granted } from '../result.ts'
import { readUserName } from '../user-name.ts'

const notRunning = 'the server does not run; messages are traced while it does (`meridian serve`)'
const noSuchTrace = 'there is no such trace; it may have ended a while ago'
const bodiesForAdministrators = 'bodies of messages are for the role administrator'

/** Without a server there are no messages. */
export const tracesNeedServer: TraceBook = {
  hasAccounts: true,
  begin: () => notRunning,
  find: () => null,
  read: async () => null,
  end: () => null,
  list: () => [],
}

type TracePorts = Pick<AdminPorts, 'traces' | 'accounts' | 'domains' | 'audit' | 'now'>
type Traced = Pick<BeginTrace, 'aor' | 'names'>

export function createTraceBackend(ports: TracePorts): TraceBackend {
  const { traces } = ports
  return {
    begin: (trace, caller) => begin(ports, trace, caller),
    async read(id, after, waitMs, caller) {
      const facts = traces.find(id)
      if (facts?.bodies && caller.role !== 'administrator') return denied('forbidden', bodiesForAdministrators)
      const part = await traces.read(id, after, waitMs)
      return part === null ? denied('not-found', noSuchTrace) : granted(part)
    },
    async end(id) {
      const facts = traces.end(id)
      return facts === null ? denied('not-found', noSuchTrace) : granted(facts)
    },
    list: async () => granted(traces.list()),
  }
}

async function begin(ports: TracePorts, trace: NewTrace, caller: Caller): Promise<AdminResult<TraceFacts>> {
  const { traces, audit, now } = ports
  const { seconds, messages, bodies } = trace
  if (bodies && caller.role !== 'administrator') return denied('forbidden', bodiesForAdministrators)
  const traced = await whoIs(ports, trace.user)
  if (!traced.ok) return traced
  const { aor } = traced.value
  const detail = `for ${seconds} s or ${messages} messages, ${bodies ? 'with' : 'without'} bodies`
  try {
    await audit.append({ atMs: now(), event: 'trace.began', subject: aor, revokes: false, detail })
  } catch (error) {
    return denied('failed', `nobody is traced without an entry in the audit: ${(error as Error).message}`)
  }
  const onEnded = (facts: TraceFacts, end: TraceEnd) => {
    const entry = { atMs: now(), event: 'trace.ended', subject: aor, revokes: false, detail: lasted(facts, end) }
    // The beginning is written down, and says when the end is at the latest.
    audit.append(entry).catch(() => undefined)
  }
  const facts = traces.begin({ ...traced.value, seconds, messages, bodies, by: caller.by, onEnded })
  if (typeof facts === 'string') return denied('unavailable', facts)
  return granted(facts, traced.warnings)
}

function lasted({ beganMs, messages, bodies }: TraceFacts, end: TraceEnd): string {
  const since = new Date(beganMs).toISOString()
  return `since ${since}, ${messages} messages ${bodies ? 'with' : 'without'} bodies, ended by ${end}`
}

async function whoIs({ traces, accounts, domains }: TracePorts, user: string): Promise<AdminResult<Traced>> {
  const named = readUserName(user, domains)
  if (!named.ok) return denied('invalid', named.message)
  const { aor } = named
  if (!traces.hasAccounts) {
    const warning = `accounts are not at this front end: whether ${aor} exists, and its aliases, are not known here`
    return granted({ aor, names: [aor] }, [warning])
  }
  const reply = await accounts.act(aor, { act: 'show' })
  if (!reply.ok) return denied(reply.error, reply.message)
  const { account } = reply
  if (account === null) return denied('not-found', `there is no user ${aor}`)
  return granted({ aor: account.aor, names: [account.aor, ...account.aliases] })
}
