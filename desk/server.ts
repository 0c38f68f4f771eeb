import fastifyCookie from '@fastify/cookie'
import fastifyHelmet from '@fastify/helmet'
import fastifyRateLimit from '@fastify/rate-limit'
import fastifySwagger from '@fastify/swagger'
import fastify, { type FastifyInstance } from 'fastify'
import { Failure } from '../runtime/failure.js'
import type { Log } from '../runtime/log.js'
import { guardAccess, sessionCookie } from './access.js'
import { auditInSpiteOfAll } from './audit.js'
import { answerWithProblems, badAddress, badRequest } from './errors.js'
import { openapi } from './openapi.js'
import { networkOf } from './rate-key.js'
import { alertsRoutes, type AlertsParts } from './routes/alerts.js'
import { correctionsRoutes, type CorrectionsParts } from './routes/corrections.js'
import { eventsRoute, type EventsParts } from './routes/events.js'
import { hooksRoutes, type HooksParts } from './routes/hooks.js'
import { mediaRoutes, type MediaParts } from './routes/media.js'
import { mentionsRoutes, type MentionsParts } from './routes/mentions.js'
import { operationsRoutes, type OperationsParts } from './routes/operations.js'
import { pagesRoutes } from './routes/pages.js'
import { reportsRoutes, type ReportsParts } from './routes/reports.js'
import { sessionRoutes, type SessionParts } from './routes/session.js'
import { sourcesRoutes, type SourcesParts } from './routes/sources.js'
import { vocabularyRoutes, type VocabularyParts } from './routes/vocabulary.js'

export type DeskParts = OperationsParts &
  SessionParts &
  MentionsParts &
  CorrectionsParts &
  MediaParts &
  AlertsParts &
  EventsParts &
  ReportsParts &
  SourcesParts &
  VocabularyParts &
  HooksParts & {
    readonly log: Log
    readonly version: string
    /** The folder of the built pages. */
    readonly pages: string
    /** Addresses and networks whose `X-Forwarded-For` is believed; by default none, or, with https, this machine's own. */
    readonly trustedProxies?: readonly string[]
  }

const MAX_BODY_BYTES = 256 * 1024
/** An SMS of all its 255 parts comes from Kannel as one address: 100 KB where each letter is written as %D8%A7. */
const MAX_HEADER_BYTES = 128 * 1024
const REQUESTS_A_MINUTE = 1200
/** An id has 512 characters at most, and each may be written as three. */
const MAX_PARAM_LENGTH = 2048
/** For headers and body to arrive; an event stream has arrived long before. */
const REQUEST_TIMEOUT_MS = 30_000
const HEADERS_TIMEOUT_MS = 10_000
/** Without a byte either way; an event stream pings more often. */
const SILENCE_TIMEOUT_MS = 120_000
const MAX_CONNECTIONS = 4_000

const NOTHING_OF_OURS = ['accelerometer', 'camera', 'geolocation', 'gyroscope', 'microphone', 'payment', 'usb']
  .map((feature) => `${feature}=()`)
  .join(', ')

function trustedBy({ trustedProxies = [], secureCookie }: DeskParts): string[] {
  if (trustedProxies.length > 0) return [...trustedProxies]
  // The desk speaks no TLS: where it is reached by https, something on this machine speaks for it.
  return secureCookie ? ['loopback'] : []
}

/** The desk's HTTP server, ready to listen. Every route names the access it needs; one hook checks it. */
export async function createDesk(given: DeskParts): Promise<FastifyInstance> {
  const parts = { ...given, audit: auditInSpiteOfAll(given.audit, given.log) }
  const cookie = sessionCookie(parts.secureCookie)
  const app = fastify({
    logger: false,
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionTimeout: SILENCE_TIMEOUT_MS,
    http: { maxHeaderSize: MAX_HEADER_BYTES, headersTimeout: HEADERS_TIMEOUT_MS, connectionsCheckingInterval: 5_000 },
    trustProxy: trustedBy(parts),
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    forceCloseConnections: true,
    frameworkErrors: badAddress,
    clientErrorHandler: badRequest,
    ajv: { customOptions: { coerceTypes: 'array', removeAdditional: false, allErrors: true } },
  })
  app.server.maxConnections = MAX_CONNECTIONS
  app.setSerializerCompiler(() => (value) => JSON.stringify(value))
  // A form of another site can send it without asking.
  app.removeContentTypeParser('text/plain')
  answerWithProblems(app, parts.log)

  await app.register(fastifySwagger, openapi({ version: parts.version, cookie }))
  await app.register(fastifyHelmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        mediaSrc: ["'self'"],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    xFrameOptions: { action: 'deny' },
    strictTransportSecurity: parts.secureCookie,
    crossOriginEmbedderPolicy: false,
  })
  app.addHook('onRequest', async (_request, reply) => void reply.header('permissions-policy', NOTHING_OF_OURS))
  await app.register(fastifyCookie)
  guardAccess(app, parts.sessions, cookie)
  await app.register(fastifyRateLimit, {
    max: REQUESTS_A_MINUTE,
    timeWindow: 60_000,
    // A whole office stands behind one address: who is signed in is counted alone.
    keyGenerator: ({ signedIn, ip }) => signedIn?.user.id ?? networkOf(ip),
    errorResponseBuilder: (_request, context) =>
      new Failure('rate-limited', `too many requests: try again in ${context.after}`, { retryable: true }),
  })

  app.get(
    '/openapi.json',
    { config: { access: 'loopback' }, schema: { tags: ['operations'], summary: 'This description' } },
    async () => app.swagger(),
  )
  operationsRoutes(app, parts)
  sessionRoutes(app, parts)
  mentionsRoutes(app, parts)
  correctionsRoutes(app, parts)
  mediaRoutes(app, parts)
  alertsRoutes(app, parts)
  eventsRoute(app, parts)
  reportsRoutes(app, parts)
  sourcesRoutes(app, parts)
  vocabularyRoutes(app, parts)
  await hooksRoutes(app, parts)
  await pagesRoutes(app, { folder: parts.pages })
  return app
}
