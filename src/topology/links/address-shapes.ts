/**
 * The parts that many kinds of bus message share: reply addresses, sources, targets, identities, secrets, parties.
 */
import type {
  DialogRoute,
  FlowIdentity,
  ForwardTarget,
  HeaderLines,
  NewBindings,
  ReplyAddress,
  RequestSource,
} from '../../ports/bus.ts'
import type { DigestSecrets } from '../../ports/directory.ts'
import type { FlowId } from '../../ports/flows.ts'
import type { PolicyParty } from '../../ports/policy.ts'
import type { ReplyPlace } from '../../ports/reply-address.ts'
import { itemsMax, messageBytesMax } from './limits.ts'
import { aor, bytesUpTo, choice, count, list, number, orNull, pair, record, type Shape, text, textAs } from './shape.ts'

export const flowId = textAs<FlowId>()
export const texts = list(text, itemsMax)
export const aors = list(aor, itemsMax)
export const bytes = bytesUpTo(messageBytesMax)
export const textOrNull = orNull(text)
export const numberOrNull = orNull(number)

const transport = choice('udp', 'tcp', 'tls', 'ws', 'wss')
const half = choice('edge', 'shard', 'events', 'http', 'main', 'routes')

export const replyPlace = record<ReplyPlace>({ worker: count, incarnation: count, half })
export const replyAddress = record<ReplyAddress>({ worker: count, incarnation: count, half, number: count })

export const headerLines: Shape<HeaderLines> = list(pair(text, text), itemsMax)

export const identity = record<FlowIdentity>({
  aor,
  aliases: aors,
  epoch: number,
  untilMs: number,
  token: textOrNull,
  provedUntilMs: orNull(number),
})

export const source = record<RequestSource>({
  flow: flowId,
  transport,
  remoteAddress: text,
  remotePort: count,
  localAddress: text,
  localPort: count,
  identity: orNull(identity),
})

export const target = record<ForwardTarget>({
  flow: flowId,
  transport: orNull(transport),
  contactUri: text,
  path: texts,
  qThousandths: count,
  deviceKey: text,
})

export const route = record<DialogRoute>({ target, recipient: aor })
export const newBindings = record<NewBindings>({ bindings: texts, atMs: number })
export const secrets = record<DigestSecrets>({ md5: text, sha256: text })
export const party = record<PolicyParty>({ aor, aliases: aors, groups: texts })
