import { Type, type TSchema } from '@sinclair/typebox'

/** The schema, or an explicit null (bus records have no absent fields). */
export const Nullable = <S extends TSchema>(schema: S) => Type.Union([schema, Type.Null()])
