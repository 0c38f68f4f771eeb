import { SILENCE_LIMITS, type SilenceLimits } from '../alerts/rules/silent-source.js'
import type { Config } from './config.js'

/** In a demonstration quiet hours are the story's, not the sources'. */
export const silenceLimits = ({ demonstration }: Config): SilenceLimits =>
  demonstration ? { ...SILENCE_LIMITS, gaps: false } : SILENCE_LIMITS
