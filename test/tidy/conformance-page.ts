/**
 * `docs/conformance.md` from the tests: a test file under `test/conformance/rfcNNNN/` is a section, its titles are the
 * sentences held. What is deliberately not done stands in a table of its own, with the reason.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT, type SourceFile } from './sources.ts'

/** Standards that the product stands on, in the order of the page. */
const titles: Readonly<Record<string, string>> = {
  '3261': 'SIP',
  '3262': 'Reliable provisional responses (100rel)',
  '3325': 'Asserted identity',
  '3327': 'Path',
  '3428': 'MESSAGE',
  '3581': 'rport',
  '3608': 'Service-Route',
  '3680': 'Registration information',
  '3842': 'Message summary',
  '3856': 'Presence',
  '3857': 'Watchers of oneself (presence.winfo)',
  '3858': 'Watcher information',
  '3862': 'CPIM',
  '3863': 'Presence documents (PIDF)',
  '3903': 'PUBLISH',
  '3994': 'isComposing',
  '4320': 'Actions for non-INVITE transactions',
  '4475': 'Torture messages',
  '4479': 'Data model of presence',
  '4480': 'Rich presence (RPID)',
  '4481': 'Timed status',
  '4662': 'Event lists',
  '4825': 'XCAP',
  '4826': 'Resource lists and RLS services',
  '5025': 'Presence authorization rules',
  '5118': 'Torture messages for IPv6',
  '5261': 'XML patch operations',
  '5262': 'Partial presence documents',
  '5263': 'Partial notification of presence',
  '5264': 'Partial publication of presence',
  '5367': 'Request-contained lists',
  '5393': 'Amplification in forking proxies',
  '5438': 'IMDN',
  '5626': 'Client-initiated connections (outbound)',
  '5627': 'GRUU',
  '5658': 'Double Record-Route',
  '5839': 'Conditional event notification',
  '5874': 'XCAP diff',
  '5875': 'The package xcap-diff',
  '6026': 'Correct handling of 2xx to INVITE',
  '6446': 'Rates of event notification',
  '6665': 'Event notification',
  '7118': 'WebSocket transport',
  '7616': 'Digest authentication',
  '8760': 'Digest with SHA-256 in SIP',
}

export function conformancePage(files: readonly SourceFile[]): string {
  const sections = files.filter(({ path }) => /^test\/conformance\/rfc\d+\/.*\.test\.ts$/.test(path))
  const numbers = [...new Set(sections.map(({ path }) => rfcOf(path)))].sort((a, b) => Number(a) - Number(b))
  const lines = [
    '# Conformance',
    '',
    'Made from the tests (`UPDATE_DOCS=1 npx vitest run test/tidy`): each sentence is the title of a test that holds',
    'it.',
    '',
  ]
  for (const number of numbers) {
    lines.push(`## RFC ${number}${titles[number] ? `: ${titles[number]}` : ''}`, '')
    for (const file of sections.filter(({ path }) => rfcOf(path) === number)) lines.push(...sectionLines(file))
  }
  lines.push(readFileSync(join(ROOT, 'test/tidy/deliberately-not.md'), 'utf8').trim(), '')
  return lines.join('\n')
}

function rfcOf(path: string): string {
  return /rfc(\d+)/.exec(path)?.[1] ?? ''
}

function sectionLines({ path, text }: SourceFile): string[] {
  const name = path.slice(path.lastIndexOf('/') + 1).replace(/(\.long)?\.test\.ts$/, '')
  const [, section, topic] = /^([\d.]+)-(.*)$/.exec(name) ?? [null, '', name]
  const heading = `**${section ? `§${section} ` : ''}${(topic ?? name).replaceAll('-', ' ')}** ([test](../${path}))`
  return [heading, '', ...sentences(text).map((sentence) => `- ${sentence}`), '']
}

/** First arguments of `it(…)`, `it.each(…)(…)` and `test(…)` that are plain texts. */
function sentences(text: string): string[] {
  const calls = /\b(?:it|test)(?:\.each\([\s\S]*?\))?\(\s*(['"`])((?:\\.|(?!\1)[^\\])+)\1/g
  return [...text.matchAll(calls)].map(([, , title = '']) => title.replaceAll("\\'", "'"))
}
