/**
 * Why a document would not be valid after a request: the bodies of 409 Conflict (RFC 4825 §11).
 */
import { encodeText } from './markup.ts'

export const conflictContentType = 'application/xcap-error+xml'

export type Conflict =
  /** `phrase` is for people. */
  | {
      readonly kind:
        | 'not-well-formed'
        | 'not-xml-frag'
        | 'schema-validation-error'
        | 'not-xml-att-value'
        | 'cannot-insert'
        | 'cannot-delete'
        | 'constraint-failure'
        | 'not-utf-8'
      readonly phrase: string
    }
  /** `ancestor`: path of the nearest thing above that exists; null where nothing does. */
  | { readonly kind: 'no-parent'; readonly phrase: string; readonly ancestor: string | null }
  | { readonly kind: 'uniqueness-failure'; readonly phrase: string; readonly taken: readonly TakenValue[] }
  /** What an application usage says in elements of its own; `content` is XML. */
  | { readonly kind: 'extension'; readonly phrase: string; readonly content: string }

export interface TakenValue {
  /** Node selector of the value that somebody has already. */
  readonly field: string
  /** Values that would be free. */
  readonly alternatives: readonly string[]
}

export function encodeConflict(conflict: Conflict): string {
  const { kind, phrase } = conflict
  const content = contentOf(conflict)
  // `extension` has no attributes (RFC 4825 §11.2).
  const attributes = kind === 'extension' ? '' : ` phrase="${encodeText(phrase)}"`
  const element = content === '' ? `<${kind}${attributes}/>` : `<${kind}${attributes}>${content}</${kind}>`
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<xcap-error xmlns="urn:ietf:params:xml:ns:xcap-error">${element}</xcap-error>`,
    '',
  ].join('\n')
}

function contentOf(conflict: Conflict): string {
  switch (conflict.kind) {
    case 'no-parent':
      return conflict.ancestor === null ? '' : `<ancestor>${encodeText(conflict.ancestor)}</ancestor>`
    case 'uniqueness-failure':
      return conflict.taken.map(encodeTaken).join('')
    case 'extension':
      return conflict.content
    default:
      return ''
  }
}

function encodeTaken({ field, alternatives }: TakenValue): string {
  const values = alternatives.map((value) => `<alt-value>${encodeText(value)}</alt-value>`).join('')
  return `<exists field="${encodeText(field)}">${values}</exists>`
}
