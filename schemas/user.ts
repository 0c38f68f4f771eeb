import { Type, type Static } from '@sinclair/typebox'

/** What a route may ask for; every route names one in its schema. */
export const PERMISSIONS = [
  'mentions:read',
  'mentions:reply',
  'mentions:forward',
  'mentions:correct',
  'alerts:read',
  'alerts:acknowledge',
  'reports:read',
  'sources:read',
  'dead:read',
  'dead:replay',
  'users:manage',
  'vocabulary:manage',
] as const
export type Permission = (typeof PERMISSIONS)[number]

export const ROLES = ['administrator'] as const
export const Role = Type.Union(ROLES.map((value) => Type.Literal(value)))
export type Role = (typeof ROLES)[number]

/** Somebody who may sign in. */
export const User = Type.Object({ id: Type.String(), username: Type.String(), role: Role, disabled: Type.Boolean() })
export type User = Static<typeof User>

/** Which mentions somebody may see: all, or those of some districts. Never optional in a search or a list. */
export interface Scope {
  readonly districts: 'all' | readonly string[]
}
