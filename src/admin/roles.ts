/**
 * Who may do what at the admin API: three roles, each with the rights of those before it.
 */

/** Looks; helps people, without making or removing any; does everything. */
export const roles = ['reader', 'operator', 'administrator'] as const
export type Role = (typeof roles)[number]

/** `least`: the smallest role that may. */
export function mayAct(role: Role, least: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(least)
}
