/** The stages, in the order in which data flows through them. */
export const STAGES = ['ingest', 'enrich', 'index', 'alerts', 'cases', 'send', 'reports', 'desk'] as const
export type StageName = (typeof STAGES)[number]
