/**
 * Runs what a page of the documentation tells administrators to type: its blocks of `sh` line by line, one folder for
 * each machine that a block names, our own commands in this process (a process each would take minutes); its blocks of
 * `yaml` are files there.
 */
import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { meridian } from './command-line.ts'

export interface PageBlock {
  readonly language: 'sh' | 'yaml'
  /** Of the first line: `# on NAME`, or `# FILE on NAME …`. */
  readonly machines: readonly string[]
  readonly file: string | null
  readonly text: string
}

/** Title of a section (`##`) → its blocks, in their order; sections without any are left out. */
export function pageSections(path: string): ReadonlyMap<string, readonly PageBlock[]> {
  const sections = new Map<string, readonly PageBlock[]>()
  for (const section of readFileSync(path, 'utf8').split(/^## /m).slice(1)) {
    const [title] = section.split('\n')
    const blocks = [...section.matchAll(/^```(sh|yaml)\n([\s\S]*?)^```$/gm)].map(([, language, text]) =>
      blockOf(language as PageBlock['language'], text!),
    )
    if (blocks.length > 0) sections.set(title!, blocks)
  }
  return sections
}

function blockOf(language: PageBlock['language'], text: string): PageBlock {
  const [, file, machines] = /^# (?:(\S+) )?on (.+)\n/.exec(text) ?? []
  if (!machines) throw new Error(`the first line of a block says on which machine, as in "# on home1":\n${text}`)
  return { language, machines: machines.split(' '), file: file ?? null, text }
}

/** `scp FILE… MACHINE:[FILE]` between the folders. */
const functions = `
set -eu
scp() {
  for target; do :; done
  for source; do
    [ "$source" = "$target" ] || { mkdir -p "../\${target%%:*}"; cp -p "$source" "../\${target%%:*}/\${target#*:}"; }
  done
}
`

/** What people type when they are asked. */
const passphrase = 'correct horse battery'

export class PageMachines {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  path(machine: string, file = ''): string {
    const folder = join(this.#folder, machine)
    mkdirSync(folder, { recursive: true })
    return join(folder, file)
  }

  read(machine: string, file: string): string {
    return readFileSync(this.path(machine, file), 'utf8')
  }

  /** Resolves with all that was said. Rejects where a command failed, with its line. */
  async run({ language, machines, file, text }: PageBlock): Promise<string> {
    let said = ''
    for (const machine of machines) {
      if (language === 'yaml') writeFileSync(this.path(machine, file!), text)
      else for (const line of commandLines(text)) said += await this.#command(machine, line)
    }
    return said
  }

  /** Warnings (2) are no failure: examples have addresses that do not exist. */
  async #command(machine: string, line: string): Promise<string> {
    if (!line.startsWith('meridian ')) return this.#shell(machine, line)
    const ran = await meridian(wordsOf(line).slice(1), { cwd: this.path(machine), secrets: [passphrase, passphrase] })
    if (ran.code !== 0 && ran.code !== 2) throw new Error(`on ${machine}: ${line}\nended with ${ran.code}: ${ran.err}`)
    return ran.out + ran.err
  }

  async #shell(machine: string, line: string): Promise<string> {
    const { stdout, stderr } = await promisify(execFile)('sh', ['-c', functions + line], { cwd: this.path(machine) })
    return stdout + stderr
  }
}

function commandLines(text: string): readonly string[] {
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
}

function wordsOf(line: string): readonly string[] {
  if (/[|<>&$;]/.test(line)) throw new Error(`only words and quotes: ${line}`)
  return Array.from(line.matchAll(/"([^"]*)"|(\S+)/g), ([, quoted, bare]) => quoted ?? bare!)
}
