/**
 * Presence in words: what is known of somebody as the rest of a sentence, and what `/status` makes of a word.
 */
import type { SeenPresence } from '../agent/events.ts'
import type { PresenceState } from '../bodies/presence-body.ts'
import { cleanLine, cutToColumns } from './clean-text.ts'

/** A note is a few words; whoever publishes more is cut. */
const noteColumns = 120

/** Activities that do not read well by their names in RFC 4480 §3.2. */
const activityWords: Readonly<Record<string, string>> = {
  appointment: 'at an appointment',
  breakfast: 'at breakfast',
  dinner: 'at dinner',
  holiday: 'on holiday',
  'in-transit': 'on the way',
  lunch: 'at lunch',
  meal: 'at a meal',
  meeting: 'in a meeting',
  performance: 'at a performance',
  'permanent-absence': 'gone for good',
  presentation: 'in a presentation',
  sleeping: 'asleep',
  travel: 'travelling',
  tv: 'watching TV',
  vacation: 'on vacation',
}

/** `away: lunch`, `available`, `offline`: what one is. */
export function stateWords({ isOpen, activities, note }: PresenceState): string {
  const does = activities.filter((each) => each !== 'unknown').map((each) => activityWords[each] ?? dashless(each))
  const state = isOpen ? does.join(', ') || 'available' : 'offline'
  return note === null ? state : `${state}: ${cutToColumns(cleanLine(note), noteColumns)}`
}

function dashless(activity: string): string {
  return cutToColumns(cleanLine(activity.replaceAll('-', ' ')), noteColumns)
}

/** A sentence about this person. */
export function seenWords(name: string, presence: Exclude<SeenPresence, { kind: 'removed' }>): string {
  switch (presence.kind) {
    case 'told':
      return `${name} is ${stateWords(presence)}`
    case 'pending':
      return `${name} has not decided yet whether you may see how they are`
    case 'refused': {
      const { status, reason } = presence
      if (status === 404) return `there is no ${name} here`
      if (status === 403 || status === 603) return `${name} does not show you how they are`
      return `how ${name} is cannot be seen here (${status} ${cleanLine(reason)})`
    }
  }
}

export const statusWords = ['open', 'away', 'busy', 'closed']

/** Null for a word that is no state. */
export function stateOfWord(word: string, note: string): PresenceState | null {
  const text = note === '' ? null : note
  switch (word) {
    case 'open':
    case 'available':
      return { isOpen: true, activities: [], note: text }
    case 'away':
    case 'busy':
      return { isOpen: true, activities: [word], note: text }
    case 'closed':
    case 'offline':
      return { isOpen: false, activities: [], note: text }
    default:
      return null
  }
}
