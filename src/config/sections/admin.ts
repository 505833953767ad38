/**
 * Section `admin`: where administrators and monitoring reach the server.
 */
import type * as v from 'valibot'
import { choiceKey, group, textKey } from '../key.ts'

export const adminSection = group('Where administrators and monitoring reach the server.', {
  socket: textKey({
    default: 'admin.sock',
    reload: 'restart',
    why: 'The unix socket of the admin API, in the data folder; give an absolute path where that is too long.',
  }),
  metrics: choiceKey({
    choices: ['off', 'loopback', 'everyone'],
    default: 'loopback',
    reload: 'live',
    why: 'Who may read /metrics on the web listener; everyone is for a Prometheus on another machine.',
  }),
})

export type AdminConfig = v.InferOutput<typeof adminSection>
