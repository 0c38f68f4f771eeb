import type { HookAnswer, HookRequest } from '../channels/hook.js'

/**
 * The door a platform knocks at. `handle` answers 2xx only once the bus has everything the request held; 503 asks the platform to bring it again.
 * It takes the bytes as they came: a signature is over them, not over what a parser made of them. It never throws.
 */
export interface HookDoor {
  /** The methods to be routed here. */
  readonly methods: readonly ('GET' | 'POST')[]
  handle(request: HookRequest): Promise<HookAnswer>
}
