/**
 * `docs/presence-conformance.md`: each section of the standards of presence that says what a server does, and the tests
 * that hold it. Sections stand in `presence-sections.md`; which tests name one is read from their titles.
 */
import type { SourceFile } from './sources.ts'

interface Section {
  readonly rfc: string
  readonly number: string
  readonly what: string
  /** Paths below test/. */
  readonly alsoBy: readonly string[]
  /** Why no test can hold it; empty where tests do. */
  readonly reason: string
}

interface Standard {
  readonly rfc: string
  readonly title: string
  readonly sections: readonly Section[]
}

export interface PresencePage {
  readonly text: string
  /** Sections without a test or a reason, tests of sections that are not listed, paths that are not there. */
  readonly complaints: readonly string[]
}

export function presenceConformancePage(source: string, files: readonly SourceFile[]): PresencePage {
  const tests = files.filter(({ path }) => /^test\/.*\.test\.ts$/.test(path))
  const named = sectionsNamedBy(tests)
  const complaints: string[] = []
  const lines = [...head]
  for (const { rfc, title, sections } of standardsOf(source)) {
    lines.push(`## RFC ${rfc}: ${title}`, '', '| section | what it is about | held by |', '| --- | --- | --- |')
    for (const section of sections) {
      const counts = new Map(named.get(`${rfc} ${section.number}`) ?? [])
      for (const path of section.alsoBy) {
        if (!tests.some((each) => isAt(each.path, path))) complaints.push(`RFC ${rfc} §${section.number}: no ${path}`)
        else if (!counts.has(`test/${path}`)) counts.set(`test/${path}`, 0)
      }
      const isHeld = counts.size > 0 || section.reason !== ''
      if (!isHeld) complaints.push(`RFC ${rfc} §${section.number} is held by nothing`)
      const held = counts.size === 0 ? section.reason : [...counts].sort(byPath).map(linkTo).join(', ')
      lines.push(`| §${section.number} | ${section.what} | ${held} |`)
    }
    lines.push('')
    const listed = new Set(sections.map(({ number }) => `${rfc} ${number}`))
    const unlisted = [...named.keys()].filter((name) => name.startsWith(`${rfc} `) && !listed.has(name))
    for (const name of unlisted) complaints.push(`RFC ${name.replace(' ', ' §')} is not listed`)
  }
  return { text: lines.join('\n'), complaints }
}

const head = [
  '# Standards of presence, section by section',
  '',
  'Made from the tests (`UPDATE_DOCS=1 npx vitest run test/tidy`): the sections that say what a server does, and the',
  'files that hold them, with the number of tests that name the section. What the tests say stands in',
  '[conformance](conformance.md).',
  '',
]

function standardsOf(source: string): readonly Standard[] {
  return source
    .split(/^## /m)
    .slice(1)
    .map((part) => {
      const [, rfc = '', title = ''] = /^(\d+) (.*)$/m.exec(part) ?? []
      const rows = [...part.matchAll(/^\| ([\d.]+) \| (.*?) \| (.*?) ?\|$/gm)]
      const sections = rows.map(([, number = '', what = '', by = '']) => sectionOf(rfc, number, what, by))
      return { rfc, title, sections }
    })
}

function sectionOf(rfc: string, number: string, what: string, by: string): Section {
  const isReason = by.startsWith('(')
  const alsoBy = isReason ? [] : by.split(' ').filter(Boolean)
  return { rfc, number, what, alsoBy, reason: isReason ? by.slice(1, -1) : '' }
}

type Counts = Map<string, number>

/** By `4662 5.2` → how many tests of each file have it in their titles, or in that of what they stand in. */
function sectionsNamedBy(tests: readonly SourceFile[]): ReadonlyMap<string, Counts> {
  const named = new Map<string, Counts>()
  for (const { path, text } of tests) {
    const [, own = null, ofFile = null] = /^test\/conformance\/rfc(\d+)\/(?:(\d+(?:\.\d+)*)-)?/.exec(path) ?? []
    for (const [, call, , title = ''] of text.matchAll(titles)) {
      const found = sectionsIn(title, own)
      // A test that names none is one of the section that its file is about.
      if (found.length === 0 && call !== 'describe' && ofFile !== null) found.push(`${own} ${ofFile}`)
      for (const section of new Set(found)) {
        const counts: Counts = named.get(section) ?? new Map()
        counts.set(path, (counts.get(path) ?? 0) + 1)
        named.set(section, counts)
      }
    }
  }
  return named
}

const titles = /\b(describe|it|test)(?:\.each\([\s\S]*?\))?\(\s*(['"`])((?:\\.|(?!\2)[^\\])+)\2/g

/** `RFC 4826 §4: …`, or in a file of RFC 4662 `§4.1, §5: …`. */
function sectionsIn(title: string, own: string | null): string[] {
  let rfc = own
  const found: string[] = []
  for (const [, named, section] of title.matchAll(/RFC (\d+)|§(\d+(?:\.\d+)*)/g)) {
    if (named !== undefined) rfc = named
    else if (rfc !== null) found.push(`${rfc} ${section}`)
  }
  return found
}

function isAt(path: string, below: string): boolean {
  return path === `test/${below}` || path.startsWith(`test/${below}/`)
}

function byPath([one]: readonly [string, number], [other]: readonly [string, number]): number {
  return one < other ? -1 : 1
}

function linkTo([path, count]: readonly [string, number]): string {
  const name = path.replace(/^test\/(?:conformance\/)?/, '').replace(/(?:\.long)?\.test\.ts$/, '')
  return `[${name}](../${path})${count > 0 ? ` (${count})` : ''}`
}
