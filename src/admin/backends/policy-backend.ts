/**
 * Policy for administrators: checks what they gave, writes down what a change takes away, and says which part of the
 * server has not confirmed it. What a change means is decided in `src/policy/`.
 */
import type { OrganisationSummary, PolicyReply, PolicyRequest, UserPolicySummary } from '../../ports/admin.ts'
import { isOwnPlace } from '../../ports/places.ts'
import type { SeeVerdict } from '../../ports/policy.ts'
import { serverOwner } from '../../ports/records/manifest.ts'
import { anybody } from '../../ports/records/policy.ts'
import type { Aor } from '../../sip/uri/aor.ts'
import type { AuditEntry } from '../../store/index.ts'
import type { NewGroupRule, PolicyBackend, UserRule } from '../acts/policy-acts.ts'
import type { AdminPorts } from '../ports.ts'
import type { AdminResult } from '../result.ts'
import { denied, granted } from '../result.ts'
import { readUserName } from '../user-name.ts'
import { readGroups } from './group-name.ts'
import { writeDown } from './write-down.ts'

/** RFC 5025 §3.2.1 calls asking first *confirm*. */
const verdicts: Readonly<Record<UserRule, SeeVerdict | null>> = {
  allow: 'allow',
  block: 'block',
  'polite-block': 'polite-block',
  prompt: 'confirm',
  forget: null,
}

const organisation = serverOwner as Aor

export function createPolicyBackend(ports: AdminPorts): PolicyBackend {
  return {
    organisation: () => askOrganisation(ports, { act: 'show-organisation' }, null),
    setDefault: (value) =>
      askOrganisation(ports, { act: 'set-default', default: value }, { event: 'policy.default', detail: value }),
    putRule: (rule) => putRule(ports, rule),
    removeRule: (from, to) => removeRule(ports, from, to),
    ofUser: async (name) => {
      const named = readUserName(name, ports.domains)
      if (!named.ok) return denied('invalid', named.message)
      return userResult(await ports.policy.askPolicy(named.aor, { act: 'show-user' }), [])
    },
    setUserRule: (name, rule, watchers) => setUserRule(ports, name, rule, watchers),
  }
}

export function unconfirmedWarnings(unconfirmed: readonly number[]): readonly string[] {
  return unconfirmed.map((shard) => {
    const who = isOwnPlace(shard) ? `worker ${shard}` : 'a worker of another home'
    const until = 'until it answers or is started again it may still show or pass what is no longer allowed'
    return `kept and in force, but ${who} has not confirmed it within 2 s: ${until}`
  })
}

type Noted = Pick<AuditEntry, 'event' | 'detail'>

async function askOrganisation(
  ports: AdminPorts,
  request: PolicyRequest,
  noted: Noted | null,
): Promise<AdminResult<OrganisationSummary>> {
  const reply = await ports.policy.askPolicy(organisation, request)
  if (!reply.ok) return denied(reply.error, reply.message)
  const warnings = noted === null ? [] : await writeDown(ports, { ...noted, subject: 'organisation', revokes: true })
  return granted(reply.organisation!, [...unconfirmedWarnings(reply.unconfirmed), ...warnings])
}

async function putRule(ports: AdminPorts, rule: NewGroupRule): Promise<AdminResult<OrganisationSummary>> {
  const pair = readPair(rule.from, rule.to)
  if (!pair.ok) return denied('invalid', pair.message)
  const { from, to } = pair
  const says = [rule.see && `see ${rule.see}`, rule.message && `message ${rule.message}`].filter(Boolean).join(', ')
  const noted = { event: 'policy.rule-put', detail: `from ${from} to ${to}: ${says}` }
  return askOrganisation(ports, { act: 'put-rule', rule: { ...rule, from, to } }, noted)
}

async function removeRule(ports: AdminPorts, from: string, to: string): Promise<AdminResult<OrganisationSummary>> {
  const pair = readPair(from, to)
  if (!pair.ok) return denied('invalid', pair.message)
  const noted = { event: 'policy.rule-removed', detail: `from ${pair.from} to ${pair.to}` }
  return askOrganisation(ports, { act: 'remove-rule', from: pair.from, to: pair.to }, noted)
}

type Pair =
  | { readonly ok: true; readonly from: string; readonly to: string }
  | { readonly ok: false; readonly message: string }

function readPair(from: string, to: string): Pair {
  const names: string[] = []
  for (const text of [from, to]) {
    const read = text.trim() === anybody ? ({ ok: true, groups: [anybody] } as const) : readGroups([text])
    if (!read.ok) return read
    names.push(...read.groups)
  }
  return { ok: true, from: names[0]!, to: names[1]! }
}

async function setUserRule(
  ports: AdminPorts,
  name: string,
  rule: UserRule,
  watchers: readonly string[],
): Promise<AdminResult<UserPolicySummary>> {
  const named = readUserName(name, ports.domains)
  if (!named.ok) return denied('invalid', named.message)
  const meant: Aor[] = []
  for (const watcher of watchers) {
    const read = await readWatcher(ports, watcher, rule)
    if (!read.ok) return read
    if (!meant.includes(read.value)) meant.push(read.value)
  }
  const reply = await ports.policy.askPolicy(named.aor, { act: 'set-user-rule', rule: verdicts[rule], watchers: meant })
  if (!reply.ok) return denied(reply.error, reply.message)
  const revokes = rule !== 'allow'
  const entry = { event: `policy.${rule}`, subject: named.aor, revokes, detail: meant.join(' ') }
  return userResult(reply, await writeDown(ports, entry))
}

/** By the watcher's main name, which is the one that he signs in by; only what is forgotten may be gone. */
async function readWatcher(ports: AdminPorts, text: string, rule: UserRule): Promise<AdminResult<Aor>> {
  const named = readUserName(text, ports.domains)
  if (!named.ok) return denied('invalid', named.message)
  const known = await ports.accounts.act(named.aor, { act: 'show' })
  if (known.ok) return granted(known.account?.aor ?? named.aor)
  if (rule === 'forget' && known.error === 'not-found') return granted(named.aor)
  return denied(known.error, known.message)
}

function userResult(reply: PolicyReply, warnings: readonly string[]): AdminResult<UserPolicySummary> {
  if (!reply.ok) return denied(reply.error, reply.message)
  return granted(reply.user!, [...unconfirmedWarnings(reply.unconfirmed), ...warnings])
}
