export interface XAccountOptions {
  username: string
  name?: string
  id?: string
  /** An OAuth 2 user-context token of the account. */
  userToken?: string
  /** The `oauth_token` by which an OAuth 1.0a header is the account's. */
  accessToken?: string
}

/** Who asks, by the header; `username` is undefined for the app and for nobody. */
export interface XAsker {
  kind: 'none' | 'app' | 'user' | 'oauth1' | 'wrong'
  username?: string
}

/** Whose token is whose. A signature is not checked, only that there is one. */
export class XAuthority {
  readonly accounts: readonly XAccountOptions[]
  readonly #appToken: string
  readonly #consumerKey: string | undefined
  isExpired = false

  constructor(options: {
    account: XAccountOptions
    accounts?: readonly XAccountOptions[]
    appToken?: string
    userToken?: string
    consumerKey?: string
  }) {
    const first = { ...options.account, userToken: options.userToken ?? 'demo-user-token' }
    this.accounts = [first, ...(options.accounts ?? [])]
    this.#appToken = options.appToken ?? 'demo-app-token'
    this.#consumerKey = options.consumerKey
  }

  who(header: string | undefined): XAsker {
    if (header === undefined) return { kind: 'none' }
    if (this.isExpired) return { kind: 'wrong' }
    const bearer = /^Bearer (.+)$/.exec(header)?.[1]
    if (bearer !== undefined) {
      const account = this.accounts.find(({ userToken }) => userToken === bearer)
      if (account !== undefined) return { kind: 'user', username: account.username }
      return { kind: bearer === this.#appToken ? 'app' : 'wrong' }
    }
    return this.#oauth1(header)
  }

  #oauth1(header: string): XAsker {
    const parameter = (name: string) => new RegExp(`^OAuth .*${name}="([^"]+)"`).exec(header)?.[1]
    const key = parameter('oauth_consumer_key')
    const token = parameter('oauth_token')
    if (key === undefined || token === undefined || parameter('oauth_signature') === undefined) return { kind: 'wrong' }
    if (this.#consumerKey !== undefined && decodeURIComponent(key) !== this.#consumerKey) return { kind: 'wrong' }
    const account = this.accounts.find(({ accessToken }) => accessToken === decodeURIComponent(token))
    return { kind: 'oauth1', username: (account ?? this.accounts[0])?.username ?? '' }
  }
}
