import type { Media } from '../../schemas/mention.js'

export function mediaKind(mimeType: string | null): Media['kind'] {
  const [, family] = /^(image|audio|video)\//i.exec(mimeType ?? '') ?? []
  return (family?.toLowerCase() as 'image' | 'audio' | 'video' | undefined) ?? 'document'
}
