/**
 * Parameters of conversations: how many, how long, how fast, with whom.
 */
import { aNumber, aShare, aWholeNumber } from './parameter-facts.ts'

export const talkParameters = {
  conversationsPerHour: aNumber([0, 600], {
    symbol: 'i',
    unit: '/h',
    standard: 2,
    source: 'OCS: 2 an hour; LYNC13: 6 a day; `workday` has 1.0',
    text: 'conversations that a user begins',
  }),
  messagesPerConversation: aNumber([2, 1_000], {
    symbol: 'm',
    standard: 10,
    distribution: '2 + geometric; sides take turns',
    source: 'OCS, LYNC13',
    text: 'messages of a conversation',
  }),
  gapSeconds: aNumber([0.1, 3_600], {
    symbol: 'g',
    unit: 's',
    standard: 12,
    distribution: 'log-normal, median (mean 19.8)',
    source: 'assumed',
    text: 'time between two messages',
  }),
  gapSigma: aNumber([0, 3], { standard: 1, source: 'assumed', text: 'σ of that time' }),
  bodyBytes: aNumber([1, 16_384], {
    symbol: 'b',
    unit: 'bytes',
    standard: 120,
    distribution: 'log-normal, median (mean 390)',
    source: 'OCS: mean 400; shape assumed: short texts, few long pastes',
    text: 'size of a message',
  }),
  bodySigma: aNumber([0, 3], { standard: 1.55, source: 'assumed', text: 'σ of that size' }),
  bodyBytesMax: aWholeNumber([1, 65_536], {
    unit: 'bytes',
    standard: 16_384,
    source: 'assumed',
    text: 'largest message',
  }),
  partyOfThreeShare: aShare({
    symbol: 'μ',
    standard: 0.05,
    source: 'OCS: three on average where there are more than two',
    text: 'part of the conversations that has three people; each message then goes to two',
  }),
  typingPerMessage: aWholeNumber([0, 2], {
    symbol: 'τ',
    standard: 2,
    source: 'LYNC13',
    distribution: 'active before it, and its end',
    text: 'typing notices per message; in a party of three they go to one',
  }),
  sessionShare: aShare({
    symbol: 'ς',
    standard: [1, 0],
    source: 'clients of 2003 used sessions',
    text: 'part of the conversations within INVITE … BYE; the others are single MESSAGE requests',
  }),
  partnerExponent: aNumber([0, 3], {
    symbol: 's',
    standard: 1,
    distribution: 'Zipf over the own contacts',
    source: 'assumed',
    text: 'how much a user prefers the first of his contacts',
  }),
  strangerShare: aShare({ standard: 0.1, source: 'assumed', text: 'part of the conversations with anybody at all' }),
  offlineShare: aShare({
    symbol: 'o',
    standard: [0, 0.05],
    source: '2003 had no offline store; assumed',
    text: 'part of the conversations whose other side is not signed in, where there is such a user',
  }),
} as const
