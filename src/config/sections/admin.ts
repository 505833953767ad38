/**
 * Section `admin`: where administrators and monitoring reach the server.
 */
import type * as v from 'valibot'
import { choiceKey, group, groupListKey, optionalTextKey, required, textKey, wholeNumberKey } from '../key.ts'
import { hostOrAddress } from '../names.ts'

/** By the roles of the admin API (`src/admin/roles.ts`). */
const certificateEntries = {
  name: required(
    textKey({
      default: '',
      reload: 'live',
      why: 'The common name, or a DNS or mail name, of a certificate that an authority of tls has issued.',
    }),
  ),
  role: required(
    choiceKey({
      choices: ['reader', 'operator', 'administrator'],
      default: 'reader',
      reload: 'live',
      why: 'What whoever shows that certificate may do.',
    }),
  ),
}

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
  web: choiceKey({
    choices: ['off', 'loopback', 'everyone'],
    default: 'loopback',
    reload: 'live',
    why: 'Who reaches the admin API (/v1) and the console on the web listener, over HTTPS with a token.',
  }),
  host: optionalTextKey({
    rule: hostOrAddress,
    reload: 'restart',
    why: 'An address for the admin API and the console alone, over HTTPS with a token or a client certificate.',
  }),
  port: wholeNumberKey({
    default: 5444,
    min: 0,
    max: 65_535,
    unit: 'port',
    reload: 'restart',
    why: 'The port of admin.host; 0 takes a free one, which the log then names.',
  }),
  certificateRoles: groupListKey({
    entries: certificateEntries,
    default: [],
    lengthMax: 256,
    reload: 'live',
    why: 'Client certificates that stand in for a token at admin.host (mutual TLS), by their names.',
  }),
  requestsPerSecond: wholeNumberKey({
    default: 50,
    min: 1,
    max: 100_000,
    unit: 'requests a second',
    reload: 'live',
    why: 'What one token, and one address, may ask of the admin API; four times as many at once.',
  }),
  backupFolder: optionalTextKey({
    isPath: true,
    reload: 'live',
    why: 'Where backups of the admin API and the console go; without it, the folder backups in the data folder.',
  }),
  reportsFolder: optionalTextKey({
    isPath: true,
    reload: 'live',
    why: 'Where the console looks for the newest capacity report; without it, the folder report beside the data.',
  }),
})

export type AdminConfig = v.InferOutput<typeof adminSection>
