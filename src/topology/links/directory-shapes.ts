/**
 * Shapes of what workers and main say to each other about users of a directory (`src/ports/directory-bus.ts`).
 */
import type {
  DirectoryAnswerMessage,
  DirectoryAskMessage,
  HomeAnswerMessage,
  HomeAskMessage,
  HomeRenamedMessage,
} from '../../ports/directory-bus.ts'
import { aors, replyAddress } from './address-shapes.ts'
import { aor, choice, constant, flag, orNull, record, text } from './shape.ts'

export const directoryAskShape = record<DirectoryAskMessage>({
  kind: constant('directory-ask'),
  from: replyAddress,
  aor,
})

export const directoryAnswerShape = record<DirectoryAnswerMessage>({
  kind: constant('directory-answer'),
  to: replyAddress,
  aor,
  outcome: choice('found', 'nobody', 'unsure'),
  mainAor: orNull(aor),
})

export const homeAskShape = record<HomeAskMessage>({
  kind: constant('home-ask'),
  from: replyAddress,
  aor,
  isAnew: flag,
})

export const homeAnswerShape = record<HomeAnswerMessage>({
  kind: constant('home-answer'),
  to: replyAddress,
  aor,
  outcome: choice('named', 'unnamed', 'unsure'),
  server: orNull(text),
})

export const homeRenamedShape = record<HomeRenamedMessage>({ kind: constant('home-renamed'), aor, names: aors })
