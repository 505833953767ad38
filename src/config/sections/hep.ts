/**
 * Section `hep`: copies of SIP messages for a collector such as Homer.
 */
import type * as v from 'valibot'
import { choiceKey, group, optionalTextKey, switchKey, wholeNumberKey } from '../key.ts'
import { address } from '../names.ts'

export const hepSection = group('Copies of SIP messages for a collector such as Homer (HEP version 3).', {
  host: optionalTextKey({
    rule: address,
    reload: 'restart',
    why: 'The address of the collector; without one nothing is captured. No name: nobody waits for a name server.',
  }),
  port: wholeNumberKey({
    default: 9060,
    min: 1,
    max: 65_535,
    unit: 'port',
    reload: 'restart',
    why: 'Where the collector listens.',
  }),
  transport: choiceKey({
    choices: ['udp', 'tcp'],
    default: 'udp',
    reload: 'restart',
    why: 'tcp where the collector is behind a network that loses or cuts large datagrams.',
  }),
  samplePercent: wholeNumberKey({
    default: 100,
    min: 1,
    max: 100,
    unit: 'of 100 conversations',
    reload: 'restart',
    why: 'Fewer, where the collector cannot keep all; of one Call-ID all messages are sent, or none.',
  }),
  captureId: wholeNumberKey({
    default: 1,
    min: 0,
    max: 4_294_967_295,
    unit: 'number',
    reload: 'restart',
    why: 'By which the collector knows this server among those that send to it.',
  }),
  password: optionalTextKey({
    secret: true,
    reload: 'restart',
    why: 'What the collector wants to be shown, if it does; it crosses the network in the clear.',
  }),
  bodies: switchKey({
    default: false,
    reload: 'restart',
    why: 'Texts and subjects of messages are sent too; credentials never are. Everything crosses in the clear.',
  }),
})

export type HepConfig = v.InferOutput<typeof hepSection>
