/**
 * What waits in a mailbox (RFC 3842 §5): lines of text that say whether, and how much of each kind.
 */
import { Buffer, isUtf8 } from 'node:buffer'

/** RFC 3458 §6.2, in the order in which they are written. */
export const messageContexts = [
  'voice-message',
  'video-message',
  'fax-message',
  'pager-message',
  'multimedia-message',
  'text-message',
  'none',
] as const
export type MessageContext = (typeof messageContexts)[number]

export interface MessageCounts {
  readonly new: number
  readonly old: number
  /** Of the former ones. Null: it is not said. */
  readonly urgent: { readonly new: number; readonly old: number } | null
}

export interface MessageSummary {
  readonly isWaiting: boolean
  /** Whose mailbox; null: the one that was subscribed to. */
  readonly account: string | null
  readonly counts: ReadonlyMap<MessageContext, MessageCounts>
}

export const messageSummaryContentType = 'application/simple-message-summary'

export function writeMessageSummary({ isWaiting, account, counts }: MessageSummary): Uint8Array {
  const lines = [`Messages-Waiting: ${isWaiting ? 'yes' : 'no'}`]
  if (account !== null) lines.push(`Message-Account: ${account}`)
  for (const context of messageContexts) {
    const count = counts.get(context)
    if (!count) continue
    const urgent = count.urgent ? ` (${count.urgent.new}/${count.urgent.old})` : ''
    lines.push(`${nameOf(context)}: ${count.new}/${count.old}${urgent}`)
  }
  return Buffer.from(lines.map((line) => `${line}\r\n`).join(''))
}

/** `Text-Message`, as the RFC's examples have it. */
function nameOf(context: MessageContext): string {
  return context.replace(/(?:^|-)[a-z]/g, (letter) => letter.toUpperCase())
}

const counted = /^(\d{1,9})\s*\/\s*(\d{1,9})(?:\s*\(\s*(\d{1,9})\s*\/\s*(\d{1,9})\s*\))?$/

/** Null: it does not begin with whether messages wait. Lines that nobody knows are left out. Never throws. */
export function parseMessageSummary(bytes: Uint8Array): MessageSummary | null {
  if (!isUtf8(bytes)) return null
  const [status = '', ...lines] = Buffer.from(bytes).toString('utf8').split(/\r?\n/)
  const waiting = /^Messages-Waiting\s*:\s*(yes|no)\s*$/i.exec(status)?.[1]
  if (waiting === undefined) return null
  let account: string | null = null
  const counts = new Map<MessageContext, MessageCounts>()
  for (const line of lines) {
    // Headers of single messages stand behind an empty line (§5.1).
    if (line === '') break
    const [, name = '', value = ''] = /^([\w-]+)\s*:\s*(.*?)\s*$/.exec(line) ?? []
    const context = messageContexts.find((each) => each === name.toLowerCase())
    if (name.toLowerCase() === 'message-account') account = value
    else if (context && counted.test(value)) counts.set(context, readCounts(value))
  }
  return { isWaiting: waiting.toLowerCase() === 'yes', account, counts }
}

function readCounts(value: string): MessageCounts {
  const [, fresh, old, urgentNew, urgentOld] = counted.exec(value)!
  const urgent = urgentNew === undefined ? null : { new: Number(urgentNew), old: Number(urgentOld) }
  return { new: Number(fresh), old: Number(old), urgent }
}
