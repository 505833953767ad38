/**
 * `docs/errors.md` from the code: every rejection with its status, reason phrase, event and the comment above it.
 */
import type { SourceFile } from './sources.ts'

interface Rejection {
  readonly status: string
  readonly reason: string
  readonly event: string
  readonly comment: string
  readonly path: string
}

const text = "'((?:[^'\\\\]|\\\\.)+)'"
const comment = '(?:/\\*\\*((?:(?!\\*/)[\\s\\S])*)\\*/\\s*)?'
const parts = `\\(\\{\\s*status: (\\d+),\\s*reason: ${text},\\s*event: ${text}`
const list = `\\((\\d+), ${text}, ${text}`
const maker = 'export function \\w+\\([^)]*\\)[^{]*\\{\\s*return'
const shapes = [
  `${comment}(?:export )?const \\w+ = rejection${parts}`,
  `${comment}export const \\w+ = refuse${list}`,
  `${comment}${maker} rejection${parts}`,
  `${comment}${maker} refuse${list}`,
].map((shape) => new RegExp(shape, 'g'))

export function findRejections(files: readonly SourceFile[]): Rejection[] {
  const found = files
    .filter(({ path }) => path.startsWith('src/'))
    .flatMap(({ path, text }) => shapes.flatMap((shape) => [...text.matchAll(shape)].map((match) => read(path, match))))
  return found.sort((a, b) => a.event.localeCompare(b.event))
}

function read(path: string, [, above = '', status = '', reason = '', event = '']: RegExpMatchArray): Rejection {
  const plain = above.replaceAll(/\s*\n\s*\*\s?/g, ' ').trim()
  return { status, reason, event, comment: plain, path }
}

export function errorsPage(files: readonly SourceFile[]): string {
  const rows = findRejections(files).map(({ status, reason, event, comment: why, path }) => {
    return `| \`${event}\` | ${status} ${reason} | ${why.replaceAll('|', '\\|')} | \`${path}\` |`
  })
  return [
    '# Refusals',
    '',
    'Made from the code (`UPDATE_DOCS=1 npx vitest run test/tidy`). Status and reason go to the peer, the event to log',
    'and metrics.',
    '',
    '| event | answer | what it means | where |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n')
}
