/**
 * Documents without a server: contact lists are changed while one runs, since whoever watches a list has to follow.
 */
import type { DocumentBook } from '../ports.ts'

export const documentsNeedServer: DocumentBook = {
  askDocument: async () => ({
    ok: false,
    error: 'unavailable',
    message: 'the server does not run; start it (`meridian serve`), contacts are looked at and changed while it does',
  }),
}
