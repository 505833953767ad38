/**
 * Shapes of what shards and main say to each other about users of a directory (`src/ports/directory-bus.ts`).
 */
import type { DirectoryAnswerMessage, DirectoryAskMessage } from '../../ports/directory-bus.ts'
import { replyAddress } from './address-shapes.ts'
import { aor, choice, constant, orNull, record } from './shape.ts'

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
