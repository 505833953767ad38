/**
 * A user's rules, kept in the document `index` of the application usage `pres-rules` (RFC 5025 §9): what the user's
 * programs write there by XCAP and what administrators say is one and the same.
 */

import type { UserPolicySummary } from '../ports/admin.ts'
import type { PolicyParty } from '../ports/policy.ts'
import type { ShardHost, Unit } from '../shard/index.ts'
import { sameBytes } from '../sip/message/same-bytes.ts'
import type { Aor } from '../sip/uri/aor.ts'
import { parseAor } from '../sip/uri/aor.ts'
import {
  type ChangeOutcome,
  type DocumentListener,
  presenceRules,
  readMarkup,
  type UserDocuments,
} from '../xcap/index.ts'
import type { OwnRule } from './decide.ts'
import { editRules, emptyRuleSet } from './edit-rules.ts'
import { type Identity, type Rule, readRules, verdictOf } from './rule-set.ts'
import type { RuleChange, UserRules } from './user-rules.ts'
import { ValidityTimers } from './validity-timers.ts'

const { auid, contentType } = presenceRules
const name = 'index'

export class DocumentRules implements UserRules {
  readonly #documents: UserDocuments
  readonly #clock: ShardHost['clock']
  /** Of users who were asked about; null: they have no document. Reading one costs more than deciding by it. */
  readonly #read = new Map<Aor, readonly Rule[] | 'unreadable' | null>()
  /** Of users whose rules begin or end by themselves. */
  readonly #validity: ValidityTimers
  /** Users whose document was lost in the store. A new one is a new word. */
  readonly #lost = new Set<Aor>()
  #listener: DocumentListener = (unit, _aor, done) => done(unit, true)

  constructor(documents: UserDocuments, host: ShardHost) {
    this.#documents = documents
    this.#clock = host.clock
    const onChange = (aor: Aor) => this.#onValidity(host, aor)
    this.#validity = new ValidityTimers({ clock: host.clock, timers: host.timers, onChange })
    documents.listen(auid, (unit, aor, done) => {
      this.#forget(aor)
      this.#listener(unit, aor, done)
    })
  }

  listen(listener: DocumentListener): void {
    this.#listener = listener
  }

  ruleFor(aor: Aor, party: PolicyParty): OwnRule {
    const rules = this.#rulesOf(aor)
    if (rules === null || rules === 'unreadable') return rules
    // No effect of the unit that asks: like the rules themselves it follows from the document alone.
    this.#validity.expect(aor, rules)
    return verdictOf(rules, party, this.#clock.systemMs())
  }

  summaryOf(aor: Aor): UserPolicySummary {
    const rules = this.#rulesOf(aor)
    if (rules === 'unreadable') return { aor, rules: [], unreadable: true }
    const named = new Map<string, UserPolicySummary['rules'][number]>()
    for (const rule of rules ?? []) {
      for (const identity of rule.identities ?? [everybody]) {
        const watcher = watcherText(identity)
        const meant = identity.kind === 'one' ? parseAor(identity.id) : null
        const party = { aor: meant ?? ('' as Aor), aliases: [], groups: [] }
        const verdict = meant && verdictOf(rules ?? [], party, this.#clock.systemMs())
        named.set(meant ? watcher : `${watcher} ${rule.id}`, { watcher, rule: verdict ?? rule.verdict })
      }
    }
    return { aor, rules: [...named.values()], unreadable: false }
  }

  change(unit: Unit, aor: Aor, change: RuleChange, done: (unit: Unit, outcome: ChangeOutcome) => void): string | null {
    const document = this.#documents.find(aor, auid, name)
    // Rules that are lost begin anew with the first word about anybody.
    const text = document ? new TextDecoder().decode(document.bytes) : emptyRuleSet
    const edited = editRules(text, change, this.#clock.systemMs())
    if (!edited.ok) return edited.message
    const bytes = new TextEncoder().encode(edited.text)
    this.#documents.put(unit, aor, { auid, name, contentType }, bytes, (next, outcome) => {
      const now = this.#documents.find(aor, auid, name)
      // A batch that failed has left what was there before.
      done(next, now !== null && sameBytes(now.bytes, bytes) ? outcome : 'not-kept')
    })
    return null
  }

  /** With the user goes what he said, also what of it is lost. */
  removeUser(unit: Unit, aor: Aor): void {
    unit.change(() => {
      this.#forget(aor)
      this.#lost.delete(aor)
    })
  }

  /** He has another home, and his document is there. */
  movedAway(aor: Aor): void {
    this.#forget(aor)
  }

  /** One of this user's documents could not be read at the start. */
  lost(aor: Aor): void {
    this.#lost.add(aor)
  }

  /** Live subscriptions follow as they do when the document is changed; nobody waits for it. */
  #onValidity(host: ShardHost, aor: Aor): readonly Rule[] {
    host.run({ who: aor, what: 'rule-validity', hash: '' }, (unit) => this.#listener(unit, aor, () => undefined))
    const rules = this.#rulesOf(aor)
    return rules === null || rules === 'unreadable' ? [] : rules
  }

  #forget(aor: Aor): void {
    this.#read.delete(aor)
    this.#validity.forget(aor)
  }

  #rulesOf(aor: Aor): readonly Rule[] | 'unreadable' | null {
    const known = this.#read.get(aor)
    if (known !== undefined) return known
    const rules = this.#readRules(aor)
    this.#read.set(aor, rules)
    return rules
  }

  #readRules(aor: Aor): readonly Rule[] | 'unreadable' | null {
    const document = this.#documents.find(aor, auid, name)
    if (document) return readRules(readMarkup(new TextDecoder().decode(document.bytes))) ?? 'unreadable'
    const isThere = this.#documents.list(aor).some((each) => each.auid === auid && each.name === name)
    return isThere || this.#lost.has(aor) ? 'unreadable' : null
  }
}

const everybody: Identity = { kind: 'many', domain: null, except: [] }

function watcherText(identity: Identity): string {
  if (identity.kind === 'one') return identity.id
  const whom = identity.domain === null ? 'anybody' : `anybody of ${identity.domain}`
  const but = identity.except.map(({ id, domain }) => id ?? domain ?? '')
  return but.length === 0 ? whom : `${whom} but ${but.join(', ')}`
}
