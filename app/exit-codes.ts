/** What a command's exit code says; promised in the README. */
export const EXIT = { done: 0, failed: 1, usage: 2, notReachable: 3 } as const
