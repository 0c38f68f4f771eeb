/** An account of ours that the public writes to. */
export interface XAccount {
  readonly userId: string
  /** Without `@`; null where only the number is known. */
  readonly handle: string | null
}

/** As mentions carry it. */
export const accountName = ({ userId, handle }: XAccount): string => handle ?? userId
