import type { Sessions } from '../../desk/sessions.js'
import { PERMISSIONS, type Scope } from '../../schemas/user.js'

/** Sessions of officers who see some districts alone: the cookie's token is the list (`swat.dir-upper`), or `all`. */
export const scopedSessions: Sessions = {
  open: () => Promise.reject(new Error('nobody signs in here')),
  close: async () => undefined,
  find: async (token) => {
    const scope: Scope = { districts: token === 'all' ? 'all' : token.split('.') }
    const user = { id: token, username: `of-${token}`, role: 'administrator' as const, disabled: false }
    return { user, permissions: new Set(PERMISSIONS), scope }
  },
}

export const cookieFor = (districts: string) => ({ cookie: `rabta_session=${districts}` })
