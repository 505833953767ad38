/**
 * What a typed line means: a message, or one of a few commands; and what can follow what is typed so far.
 */
import { statusWords } from './presence-words.ts'

export type TypedLine =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'message'; readonly text: string }
  | { readonly kind: 'to'; readonly name: string }
  | { readonly kind: 'history'; readonly count: number }
  /** One's own state; an empty word asks for it. */
  | { readonly kind: 'status'; readonly word: string; readonly note: string }
  | { readonly kind: 'who' }
  | { readonly kind: 'help' }
  | { readonly kind: 'quit' }
  | { readonly kind: 'unknown'; readonly word: string }

export const shownHistory = 20

export const helpLines = [
  '/to NAME       write to somebody else; NAME is bob, or bob@example.org',
  `/history [N]   the last N lines with this person (${shownHistory})`,
  '/status STATE [NOTE]   open, away, busy or closed: what others see of you',
  '/who           how your contacts are, and whom else you wrote to',
  '/quit          sign out; so do control-D and control-C',
  '//text         a message that begins with /',
  'tab            completes names and commands',
  '✓ a device has it   ◷ stored until the other signs in   ✗ not delivered',
]

const commands = ['/help', '/history', '/quit', '/status', '/to', '/who']

export function parseTypedLine(line: string): TypedLine {
  const text = line.trim()
  if (text === '') return { kind: 'nothing' }
  if (!text.startsWith('/')) return { kind: 'message', text }
  if (text.startsWith('//')) return { kind: 'message', text: text.slice(1) }
  const [word = '', argument = ''] = text.split(/\s+/, 2)
  switch (word.toLowerCase()) {
    case '/to':
      return { kind: 'to', name: argument }
    case '/history':
      return { kind: 'history', count: /^\d{1,4}$/.test(argument) ? Number(argument) : shownHistory }
    case '/status':
      return { kind: 'status', word: argument.toLowerCase(), note: text.replace(/^\S+\s*\S*\s*/, '') }
    case '/who':
      return { kind: 'who' }
    case '/help':
      return { kind: 'help' }
    case '/quit':
      return { kind: 'quit' }
    default:
      return { kind: 'unknown', word }
  }
}

/** For readline: whole lines that can come of this one. */
export function completeTypedLine(line: string, names: readonly string[]): [completions: string[], line: string] {
  let candidates = commands.map((word) => `${word} `)
  if (/^\/to\s/.test(line)) candidates = names.map((name) => `/to ${name} `)
  else if (/^\/status\s/.test(line)) candidates = statusWords.map((word) => `/status ${word} `)
  return [line.startsWith('/') ? candidates.filter((candidate) => candidate.startsWith(line)) : [], line]
}
