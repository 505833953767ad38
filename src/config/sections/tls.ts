/**
 * Section `tls`: the certificate that the server shows, and whose client certificates it believes.
 */
import type * as v from 'valibot'
import { group, optionalTextKey } from '../key.ts'
import type { Problem } from '../problem.ts'

export const tlsSection = group('The certificate that the server shows on tls and web.', {
  certificateFile: optionalTextKey({
    isPath: true,
    reload: 'reconnect',
    why: 'A PEM file with the certificate and its chain from your own authority; without it the data folder’s is used.',
  }),
  privateKeyFile: optionalTextKey({
    isPath: true,
    reload: 'reconnect',
    why: 'The PEM file with the private key of certificateFile.',
  }),
  privateKeyPassphrase: optionalTextKey({
    secret: true,
    reload: 'reconnect',
    why: 'Opens privateKeyFile where it is encrypted.',
  }),
  clientAuthorityFile: optionalTextKey({
    isPath: true,
    reload: 'reconnect',
    why: 'PEM certificates of the authorities whose client and server certificates are believed; default is our own.',
  }),
})

export type TlsConfig = v.InferOutput<typeof tlsSection>

export function checkTls(tls: TlsConfig): readonly Problem[] {
  if ((tls.certificateFile === null) === (tls.privateKeyFile === null)) return []
  const [present, absent] =
    tls.privateKeyFile === null ? ['certificateFile', 'privateKeyFile'] : ['privateKeyFile', 'certificateFile']
  return [{ path: ['tls', present!], message: `tls.${absent} is missing: a certificate and its key come together` }]
}
