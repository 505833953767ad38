/**
 * Presence authorization rules (RFC 5025, on RFC 4745): who may see what. The document `index` is what a user says of
 * watchers; what follows from it is `src/policy/`'s. An element that we do not know in a namespace that we do is
 * refused here, so that nobody has to guess later what it was to forbid.
 */
import { parseDateTime } from '../../documents/index.ts'
import type { Conflict } from '../conflict.ts'
import { attribute, childrenNamed, type MarkupElement } from '../markup.ts'
import { anyText, booleanText, checkSchema, type Schema, type Shape } from './shape.ts'
import { checkUnique } from './unique.ts'
import type { ApplicationUsage } from './usage.ts'

export const commonPolicyNamespace = 'urn:ietf:params:xml:ns:common-policy'
export const presRulesNamespace = 'urn:ietf:params:xml:ns:pres-rules'

const yesOrNo: Shape = { text: booleanText }

const switches = [
  ...['activities', 'class', 'deviceID', 'mood', 'place-is', 'place-type', 'privacy', 'relationship'],
  ...['sphere', 'status-icon', 'time-offset', 'note'],
].map((name) => `pr:provide-${name}`)

function optional(keys: readonly string[]): Readonly<Record<string, 'optional'>> {
  return Object.fromEntries(keys.map((key) => [key, 'optional' as const]))
}

/** By which parts of the data model (RFC 4479) a component is chosen. */
const chosenBy = ['class', 'occurrence-id', 'deviceID', 'service-uri', 'service-uri-scheme'].map((name) => `pr:${name}`)
const chosen = Object.fromEntries(chosenBy.map((key) => [key, 'many' as const]))

const commonPolicy: Readonly<Record<string, Shape>> = {
  'cp:ruleset': { children: { 'cp:rule': 'many' } },
  'cp:rule': {
    attributes: { id: 'required' },
    children: { 'cp:conditions': 'optional', 'cp:actions': 'optional', 'cp:transformations': 'optional' },
  },
  'cp:conditions': { children: { 'cp:identity': 'many', 'cp:sphere': 'many', 'cp:validity': 'many' } },
  'cp:identity': { children: { 'cp:one': 'many', 'cp:many': 'many' } },
  'cp:one': { attributes: { id: 'required' } },
  'cp:many': { attributes: { domain: 'optional' }, children: { 'cp:except': 'many' } },
  'cp:except': { attributes: { domain: 'optional', id: 'optional' } },
  'cp:sphere': { attributes: { value: 'required' } },
  'cp:validity': { children: { 'cp:from': 'many', 'cp:until': 'many' } },
  'cp:from': { text: anyText },
  'cp:until': { text: anyText },
}

const presRules: Readonly<Record<string, Shape>> = {
  'cp:actions': { children: { 'pr:sub-handling': 'optional' } },
  'cp:transformations': {
    children: {
      ...optional(switches),
      ...optional(
        ['devices', 'persons', 'services', 'user-input', 'all-attributes'].map((name) => `pr:provide-${name}`),
      ),
      'pr:provide-unknown-attribute': 'many',
    },
  },
  'pr:sub-handling': { text: /^\s*(?:block|confirm|polite-block|allow)\s*$/ },
  ...Object.fromEntries(switches.map((key) => [key, yesOrNo])),
  'pr:provide-devices': { children: { 'pr:all-devices': 'optional', ...chosen } },
  'pr:provide-persons': { children: { 'pr:all-persons': 'optional', ...chosen } },
  'pr:provide-services': { children: { 'pr:all-services': 'optional', ...chosen } },
  'pr:provide-user-input': { text: /^\s*(?:false|bare|thresholds|full)\s*$/ },
  'pr:provide-unknown-attribute': { attributes: { name: 'required', ns: 'required' }, text: booleanText },
  ...Object.fromEntries(chosenBy.map((key) => [key, { text: anyText }])),
}

const schema: Schema = {
  namespaces: { cp: commonPolicyNamespace, pr: presRulesNamespace },
  root: 'cp:ruleset',
  shapes: { ...commonPolicy, ...presRules },
}

export const presenceRules: ApplicationUsage = {
  auid: 'pres-rules',
  aliases: ['org.openmobilealliance.pres-rules'],
  contentType: 'application/auth-policy+xml',
  defaultNamespace: commonPolicyNamespace,
  namespaces: [commonPolicyNamespace, presRulesNamespace],
  rfcs: ['5025', '4745'],
  validate: (root) => checkSchema(root, schema) ?? checkRules(root) ?? checkValidity(root),
}

/** Identifiers of rules are of type ID: names, each one once in the document (RFC 4745 §13). */
function checkRules(root: MarkupElement): Conflict | null {
  const rules = childrenNamed(root, commonPolicyNamespace, 'rule')
  const nameless = rules.find((rule) => !/^\s*[\p{L}_][\p{L}\p{N}\p{M}._·-]*\s*$/u.test(attribute(rule, 'id') ?? ''))
  if (nameless) {
    return { kind: 'schema-validation-error', phrase: `id="${attribute(nameless, 'id')?.slice(0, 40)}" is no name` }
  }
  return checkUnique(rules, { attribute: 'id', sameAs: (id) => id.trim(), offersAlternative: true })
}

/** Pairs of times that can be read (RFC 4745 §7.3, §13): a block that nobody can date would never hold. */
function checkValidity(root: MarkupElement): Conflict | null {
  const within = (elements: readonly MarkupElement[], local: string) =>
    elements.flatMap((element) => childrenNamed(element, commonPolicyNamespace, local))
  for (const validity of within(within(within([root], 'rule'), 'conditions'), 'validity')) {
    const [from, until] = [within([validity], 'from'), within([validity], 'until')]
    if (from.length === 0 || from.length !== until.length) {
      return { kind: 'schema-validation-error', phrase: 'validity holds pairs of from and until' }
    }
    const unread = [...from, ...until].find(({ text }) => parseDateTime(text) === null)
    if (unread) {
      return { kind: 'schema-validation-error', phrase: `"${unread.text.trim().slice(0, 40)}" is no xs:dateTime` }
    }
  }
  return null
}
