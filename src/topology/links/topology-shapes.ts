/**
 * Shapes of the bus messages about where users are (`src/ports/topology-bus.ts`).
 */
import type { HomeIsMessage, JoinedMessage, WhoseMessage, WrongHomeMessage } from '../../ports/topology-bus.ts'
import { replyAddress } from './address-shapes.ts'
import { aor, constant, count, flag, record } from './shape.ts'

export const whoseShape = record<WhoseMessage>({ kind: constant('whose'), from: replyAddress, aor })

export const homeIsShape = record<HomeIsMessage>({
  kind: constant('home-is'),
  to: replyAddress,
  aor,
  isOurs: flag,
  epoch: count,
})

export const wrongHomeShape = record<WrongHomeMessage>({
  kind: constant('wrong-home'),
  to: replyAddress,
  aor,
  topologyVersion: count,
})

export const joinedShape = record<JoinedMessage>({ kind: constant('joined'), worker: count })
