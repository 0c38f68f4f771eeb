import type { XAccount } from '../channels/x/accounts.js'
import type { OwnAccounts } from '../ingest/reopen.js'
import type { Config } from './config.js'

/** Our accounts on X, the first first. */
export function xAccounts({ xUserId, xHandle, xAccounts: others }: Config): readonly [XAccount, ...XAccount[]] {
  return [
    { userId: xUserId, handle: xHandle === '' ? null : xHandle },
    ...[...others].map(([handle, userId]) => ({ userId, handle })),
  ]
}

/** Who we are on the platforms. */
export function ownAccounts(config: Config): OwnAccounts {
  const { xUserId, facebookPageId, smsAndroidNumbers: android } = config
  return {
    x: xUserId === '' ? [] : xAccounts(config),
    facebookPages: facebookPageId === '' ? [] : [facebookPageId],
    android,
  }
}
