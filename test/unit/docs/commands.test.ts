/**
 * Every command of ours that a page of the documentation names or tells people to type is one that this program has,
 * with the arguments and options that it takes (a page that lags behind costs its reader the evening of an incident).
 */
import { globSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { commands, exitCodes, runProgram } from '../../../src/cli/index.ts'
import { silentIo } from '../../support/command-line.ts'

const pages = ['README.md', 'SECURITY.md', ...globSync('docs/*.md')].sort()

/** Accepts whatever its description accepts, and does nothing. */
const idle = commands.map((command) => ({
  ...command,
  run: async () => ({ exitCode: exitCodes.ok, value: null, text: '', warnings: [], error: null }),
}))

const paths = new Set(
  commands.flatMap(({ description: { path } }) => path.map((_, index) => path.slice(0, index + 1).join(' '))),
)

const leaves = new Set(commands.map(({ description: { path } }) => path.join(' ')))

const beginning = /^(?:sudo -u \S+ |npx )?meridian /

interface Named {
  /** A line that is typed as it stands, or words in a sentence. */
  readonly isTyped: boolean
  readonly text: string
}

function namedIn(markdown: string): Named[] {
  const blocks = [...markdown.matchAll(/^```(?:sh)?\n([\s\S]*?)^```$/gm)].map(([, text]) => text!)
  const rest = markdown.replaceAll(/^```[\s\S]*?^```$/gm, '')
  const indented = rest.split('\n').filter((line) => /^ {4}\S/.test(line))
  const typed = [...blocks.flatMap((block) => block.replaceAll('\\\n', ' ').split('\n')), ...indented]
  const words = [...rest.matchAll(/`([^`]+)`/g)].map(([, text]) => text!.replaceAll(/\s+/g, ' '))
  return [
    ...typed.map((text) => ({ isTyped: true, text: text.trim() })),
    ...words.map((text) => ({ isTyped: false, text })),
  ].filter(({ text }) => beginning.test(text) && /meridian [a-z]/.test(text))
}

/** What follows the program's name, as a shell would split it, up to the end of the command. */
function argumentsOf(text: string): string[] {
  const [command = ''] = text
    .replace(beginning, '')
    .replaceAll(/\$\([^)]*\)|<[^>]*>/g, 'X')
    .split(/ #| \|| >| &|; ?/)
  return [...command.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, double, single, bare]) => {
    return double ?? single ?? bare!
  })
}

/** `presence show, set` and `directory check|find` are two each, `policy default open|closed` is one with a choice. */
function alternatives(argv: readonly string[]): string[] {
  const from = argv.findIndex((word) => /[|…,[]/.test(word))
  const group = argv.slice(0, from).filter((word) => paths.has(word) || !word.startsWith('-'))
  const words = argv.slice(from).flatMap((word) => word.split(/[|…,[\]]/))
  return words.filter((word) => /^[a-z-]+$/.test(word)).map((word) => [...group, word].join(' '))
}

/** Whatever follows a command that has none below it is an argument. */
function isKnown(path: string): boolean {
  const parent = path.slice(0, path.lastIndexOf(' '))
  return paths.has(path) || leaves.has(parent)
}

async function complaint({ isTyped, text }: Named): Promise<string | null> {
  const argv = argumentsOf(text)
  if (!isTyped && paths.has(argv.join(' '))) return null
  if (!isTyped && /[|…,[]/.test(text)) return paths.has(argv[0]!) && alternatives(argv).every(isKnown) ? null : text
  let said = ''
  const stderr = (line: string) => {
    said += line
  }
  const code = await runProgram(argv, { commands: idle, io: { ...silentIo('.'), stderr }, version: '0' })
  // A sentence may name a command by one of its options, without what it takes.
  const isNamed = !isTyped && /argument missing|missing required argument/.test(said)
  return code === exitCodes.ok || isNamed ? null : `${text}: ${said.split('\n')[0]}`
}

describe('the commands that a page names', () => {
  it.each(pages)('%s', async (page) => {
    const named = namedIn(readFileSync(page, 'utf8'))
    const complaints = await Promise.all(named.map(complaint))
    expect(complaints.filter((each) => each !== null)).toEqual([])
  })

  it('are found at all, and one that is wrong is said', async () => {
    const page = 'See `meridian user lsit`:\n\n    meridian user add\n\n```sh\nnpx meridian doctor --jsno\n```\n'
    const complaints = await Promise.all(namedIn(page).map(complaint))
    expect(complaints).toEqual([
      expect.stringContaining('--jsno'),
      expect.stringContaining('missing required argument'),
      expect.stringContaining('lsit'),
    ])
    expect(pages.flatMap((each) => namedIn(readFileSync(each, 'utf8'))).length).toBeGreaterThan(100)
  })
})
