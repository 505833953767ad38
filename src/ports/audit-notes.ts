/**
 * What a worker wants in the audit log, which main keeps (`src/store/audit.ts`). A flood of the same is cut short on
 * the way, so nothing may rest on a note being there.
 */
export interface AuditNotes {
  /** `event`: a dotted name. `subject`: whom it concerns. Never a secret in any of them. */
  note(event: string, subject: string, detail: string): void
}

export const noAudit: AuditNotes = { note: () => {} }
