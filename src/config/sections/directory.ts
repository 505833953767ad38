/**
 * Section `directory`: where accounts come from, and how Active Directory is asked.
 */
import type * as v from 'valibot'
import {
  choiceKey,
  group,
  groupListKey,
  optionalTextKey,
  required,
  switchKey,
  textKey,
  textListKey,
  wholeNumberKey,
} from '../key.ts'
import { hostOrAddress } from '../names.ts'
import type { Problem } from '../problem.ts'

const attributeName = {
  accepts: (text: string) => /^([A-Za-z][A-Za-z0-9-]*)?$/.test(text),
  expected: 'expected the name of an attribute, such as mail',
}

const server = {
  host: required(
    textKey({
      default: '',
      rule: hostOrAddress,
      reload: 'restart',
      why: 'Name of a domain controller with a global catalog, as its certificate has it.',
    }),
  ),
  port: wholeNumberKey({
    default: 3269,
    min: 1,
    max: 65_535,
    unit: 'port',
    reload: 'restart',
    why: 'Its global catalog over TLS; 3268 where directory.tls is starttls.',
  }),
  domainPort: wholeNumberKey({
    default: 636,
    min: 1,
    max: 65_535,
    unit: 'port',
    reload: 'restart',
    why: 'Its own domain over TLS, for what no catalog holds; 389 where directory.tls is starttls.',
  }),
  site: textKey({ default: 'Default-First-Site-Name', reload: 'restart', why: 'The site that it is in.' }),
  priority: wholeNumberKey({
    default: 0,
    min: 0,
    max: 65_535,
    unit: 'rank',
    reload: 'restart',
    why: 'The lower, the earlier it is asked among those of a site.',
  }),
}

export const directorySection = group('Where accounts come from.', {
  kind: choiceKey({
    choices: ['local', 'active-directory'],
    default: 'local',
    reload: 'restart',
    why: 'Accounts of our own, or those of Active Directory.',
  }),
  servers: groupListKey({
    entries: server,
    default: [],
    lengthMax: 32,
    reload: 'restart',
    why: 'The global catalogs that may be asked.',
  }),
  tls: choiceKey({
    choices: ['ldaps', 'starttls'],
    default: 'ldaps',
    reload: 'restart',
    why: 'How connections are encrypted; there is no way without.',
  }),
  authorityFile: optionalTextKey({
    isPath: true,
    reload: 'restart',
    why: 'PEM certificates of the authorities of the domain controllers; without it those of the system.',
  }),
  account: optionalTextKey({
    reload: 'restart',
    why: 'The account that asks, as name@domain; it needs to read, nothing else.',
  }),
  password: optionalTextKey({ secret: true, reload: 'restart', why: 'The password of that account.' }),
  site: textKey({
    default: 'Default-First-Site-Name',
    reload: 'restart',
    why: 'The site of this server: catalogs in it are asked first.',
  }),
  base: textKey({
    default: '',
    rule: { accepts: () => true, expected: 'expected a distinguished name' },
    reload: 'restart',
    why: 'Users are looked for below this distinguished name only; empty for the whole forest.',
  }),
  groups: textListKey({
    default: [],
    lengthMax: 200,
    reload: 'restart',
    why: 'Distinguished names of the groups that rules of the policy speak of; a user is in them by the first part.',
  }),
  topology: switchKey({
    default: false,
    reload: 'restart',
    why: 'Keeps topology.file as the configuration partition of the directory has the servers.',
  }),
  addressAttribute: textKey({
    default: '',
    rule: attributeName,
    reload: 'restart',
    why: 'The attribute with the SIP address, such as mail, where the schema is not extended; empty where it is.',
  }),
  enabledAttribute: textKey({
    default: '',
    rule: attributeName,
    reload: 'restart',
    why: 'With addressAttribute: who has enabledValue in it may sign in; empty for all who have an address.',
  }),
  enabledValue: textKey({
    default: 'TRUE',
    reload: 'restart',
    why: 'The value of enabledAttribute that lets somebody sign in.',
  }),
  homeAttribute: textKey({
    default: '',
    rule: attributeName,
    reload: 'restart',
    why: 'With addressAttribute, among several servers: has the name of the home server, as topology.file has it.',
  }),
  cacheSeconds: wholeNumberKey({
    default: 300,
    min: 1,
    max: 86_400,
    unit: 's',
    reload: 'restart',
    why: 'What was found of a user is not asked for again for so long.',
  }),
  pollSeconds: wholeNumberKey({
    default: 30,
    min: 1,
    max: 60,
    unit: 's',
    reload: 'restart',
    why: 'How often changes are asked for: a disabled user is cut off within about this time.',
  }),
  connectMs: wholeNumberKey({
    default: 2000,
    min: 100,
    max: 30_000,
    unit: 'ms',
    reload: 'restart',
    why: 'A connection that is not there by then, TLS included, fails.',
  }),
  answerMs: wholeNumberKey({
    default: 4000,
    min: 100,
    max: 60_000,
    unit: 'ms',
    reload: 'restart',
    why: 'An answer that is not there by then fails, and another catalog is asked.',
  }),
  slowMs: wholeNumberKey({
    default: 1000,
    min: 10,
    max: 60_000,
    unit: 'ms',
    reload: 'restart',
    why: 'A catalog whose answer takes so long is left for another.',
  }),
})

export type DirectoryConfig = v.InferOutput<typeof directorySection>

export function checkDirectory(directory: DirectoryConfig, topologyFile: string | null): readonly Problem[] {
  if (directory.kind === 'local') return []
  const missing = (key: string, what: string) => ({ path: ['directory', key], message: `is missing: ${what}` })
  const problems: Problem[] = []
  if (directory.servers.length === 0) problems.push(missing('servers', 'name at least one global catalog'))
  if (directory.account === null) problems.push(missing('account', 'the account that asks the directory'))
  // An empty password would be an anonymous session, which finds nobody.
  if (!directory.password) problems.push(missing('password', 'or name a file with it in passwordFile'))
  if (directory.topology && topologyFile === null) {
    problems.push(missing('topology', 'topology.file must name the file that is kept as the directory says'))
  }
  return [...problems, ...checkMapping(directory, topologyFile)]
}

const mappedKeys = ['addressAttribute', 'enabledAttribute', 'homeAttribute'] as const

/**
 * Of the property sets Personal-Information and Web-Information, which Windows lets users change of themselves: by them
 * they would name themselves as they like, or let themselves in.
 */
const usersOwn = new Set(
  (
    'assistant,c,facsimileTelephoneNumber,homePhone,homePostalAddress,info,internationalISDNNumber,ipPhone,l,mobile,' +
    'otherFacsimileTelephoneNumber,otherHomePhone,otherIpPhone,otherMobile,otherPager,otherTelephone,pager,' +
    'personalTitle,physicalDeliveryOfficeName,postalAddress,postalCode,postOfficeBox,preferredDeliveryMethod,' +
    'primaryInternationalISDNNumber,primaryTelexNumber,registeredAddress,st,street,streetAddress,telephoneNumber,' +
    'teletexTerminalIdentifier,telexNumber,thumbnailPhoto,x121Address,wWWHomePage,url'
  )
    .toLowerCase()
    .split(','),
)

function checkMapping(directory: DirectoryConfig, topologyFile: string | null): readonly Problem[] {
  const problems: Problem[] = []
  const add = (key: string, message: string) => problems.push({ path: ['directory', key], message })
  for (const key of mappedKeys) {
    const name = directory[key]
    if (usersOwn.has(name.toLowerCase())) add(key, `${name} is an attribute that users change themselves; name another`)
  }
  if (directory.addressAttribute === '') {
    for (const key of mappedKeys) {
      if (directory[key] !== '') add(key, 'counts with addressAttribute only, which is empty')
    }
    return problems
  }
  if (directory.topology)
    add('topology', 'needs the schema extension: with addressAttribute servers are in topology.file')
  if (topologyFile !== null && directory.homeAttribute === '') {
    add('homeAttribute', 'is missing: among several servers it says whose home is which')
  }
  return problems
}
