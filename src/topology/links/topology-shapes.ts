/**
 * Shapes of the bus messages about where users are (`src/ports/topology-bus.ts`).
 */
import type {
  CarryMessage,
  HomeIsMessage,
  JoinedMessage,
  LinkStateMessage,
  WhoseMessage,
  WrongHomeMessage,
} from '../../ports/topology-bus.ts'
import { bytes, replyAddress } from './address-shapes.ts'
import { aor, constant, count, flag, record, text } from './shape.ts'

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

export const linkStateShape = record<LinkStateMessage>({
  kind: constant('link-state'),
  worker: count,
  server: text,
  isUp: flag,
  bootId: text,
  workersCount: count,
  upCount: count,
})

export const carryShape = record<CarryMessage>({ kind: constant('carry'), server: text, frame: bytes })
