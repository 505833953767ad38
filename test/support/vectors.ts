/**
 * Reads vectors: Markdown files with one message a section, under `test/vectors/`. Who runs them: the conformance
 * tests.
 *
 *     ## 3.1.1.1 A short tortuous INVITE (`wsinv`)      section, title, name
 *     Why it is here, in a sentence or two.
 *     - layer: parser | proxy | registrar               who decides what becomes of it
 *     - outcome: accepted | 400 Reason | dropped event  what the parser says of it as a datagram
 *     - then: 420 …                                     what the layer does, when that is not the parser
 *     - stream: message | 2 messages | waiting | framing.…   what the framer makes of it; default `message`
 *     - sees: `view = JSON`                             what the parsed message shows
 *     ```sip                                            the bytes
 *
 * Lines of the bytes end with CRLF; `\xNN` is a byte; a backslash at a line's end joins the next line to it.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Vector {
  readonly section: string
  readonly title: string
  readonly name: string
  readonly why: string
  readonly layer: string
  readonly outcome: string
  readonly decision: string | null
  readonly stream: string
  readonly sees: readonly { readonly view: string; readonly value: unknown }[]
  readonly bytes: Buffer
}

const vectorsFolder = join(import.meta.dirname, '..', 'vectors')
const heading = /^(?<section>[\d.]+) (?<title>.*) \(`(?<name>[\w-]+)`\)\n(?<rest>[\s\S]*)$/
const layers = ['parser', 'proxy', 'registrar']

/** All vectors of a folder, in the order of their files and sections. */
export function readVectors(folder: string): Vector[] {
  const files = readdirSync(join(vectorsFolder, folder)).filter((file) => file.endsWith('.md'))
  return files.sort().flatMap((file) => parseVectors(readFileSync(join(vectorsFolder, folder, file), 'utf8'), file))
}

export function parseVectors(markdown: string, file: string): Vector[] {
  return markdown
    .split(/^## /m)
    .slice(1)
    .map((section) => parseSection(section, file))
}

function parseSection(section: string, file: string): Vector {
  const head = heading.exec(section)?.groups
  const block = /^```sip\n([\s\S]*?)\n```$/m.exec(section)
  if (head === undefined || block === null)
    throw new Error(`${file}: no heading or no bytes in: ${section.slice(0, 60)}`)
  const before = head.rest!.slice(0, head.rest!.indexOf('```sip'))
  const fields = [...before.matchAll(/^- (\w+): (.*)$/gm)].map((found) => [found[1]!, found[2]!] as const)
  const field = (key: string): string | null => fields.find(([name]) => name === key)?.[1] ?? null
  const layer = field('layer') ?? ''
  if (!layers.includes(layer)) throw new Error(`${file}: ${head.name} has no layer of ${layers.join(', ')}`)
  return {
    section: head.section!,
    title: head.title!,
    name: head.name!,
    why: before
      .replace(/^- .*$/gm, '')
      .trim()
      .replaceAll('\n', ' '),
    layer,
    outcome: field('outcome') ?? '',
    decision: field('then'),
    stream: field('stream') ?? 'message',
    sees: fields.filter(([name]) => name === 'sees').map(([, text]) => parseSees(text, file)),
    bytes: decodeBytes(block[1]!),
  }
}

function parseSees(text: string, file: string): { view: string; value: unknown } {
  const found = /^`+(.*?) = (.*?)`+$/.exec(text)
  if (found === null) throw new Error(`${file}: sees is not \`view = JSON\`: ${text}`)
  return { view: found[1]!, value: JSON.parse(found[2]!) }
}

/** The bytes of a fenced block. */
export function decodeBytes(block: string): Buffer {
  const text = `${block.replace(/\\\n/g, '')}\n`.replaceAll('\n', '\r\n')
  const pieces = text.split(/(\\x[0-9a-f]{2})/)
  return Buffer.concat(
    pieces.map((piece) =>
      /^\\x[0-9a-f]{2}$/.test(piece) ? Buffer.from([Number.parseInt(piece.slice(2), 16)]) : Buffer.from(piece),
    ),
  )
}
