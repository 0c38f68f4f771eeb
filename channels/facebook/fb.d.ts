/** The part of `fb` 2.0.0 that is used here; the package brings no types. */
declare module 'fb' {
  export interface FacebookOptions {
    readonly version: string
    readonly accessToken: string
    readonly appSecret?: string
    readonly Promise: PromiseConstructor
  }
  export class Facebook {
    constructor(options: FacebookOptions)
    api(path: string, method: 'get' | 'post', params: Record<string, unknown>): Promise<unknown>
    options(name: string): unknown
  }
  const fb: { readonly Facebook?: typeof Facebook }
  export default fb
}
