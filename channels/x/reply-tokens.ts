/** The token of an account that answers: an app-only token may read but not write. */
export type XReplyToken =
  | {
      readonly kind: 'oauth1'
      readonly appKey: string
      readonly appSecret: string
      readonly accessToken: string
      readonly accessSecret: string
    }
  | { readonly kind: 'oauth2'; readonly userToken: string }

/** What the library takes for it. */
export function libraryToken(token: XReplyToken) {
  if (token.kind === 'oauth2') return token.userToken
  const { appKey, appSecret, accessToken, accessSecret } = token
  return { appKey, appSecret, accessToken, accessSecret }
}

/** One way to write the name of an account: people write it with and without `@`, in any case. */
export const accountKey = (account: string): string => account.trim().replace(/^@/, '').toLowerCase()
