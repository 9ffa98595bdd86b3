/** Longer sides are scaled down in the browser: nobody sees more, and a phone's upload is five times faster. */
export const SIDE_PX_MAX = 2048
export const BYTES_MAX = 10 * 1024 * 1024
const QUALITY = 0.86
/** Types the server takes as they are; it removes position and camera data itself. */
const SENT_AS_IS = new Set(['image/jpeg', 'image/png', 'image/webp'])

/** The photo as it will be sent, or null when the browser cannot read it as a picture. */
export async function preparePhoto(file: Blob): Promise<Blob | null> {
  let bitmap: ImageBitmap
  try {
    bitmap = await createImageBitmap(file, { imageOrientation: 'from-image' })
  } catch {
    return null
  }
  const fits = Math.max(bitmap.width, bitmap.height) <= SIDE_PX_MAX && file.size <= BYTES_MAX
  if (fits && SENT_AS_IS.has(file.type)) {
    bitmap.close()
    return file
  }
  const scale = Math.min(1, SIDE_PX_MAX / Math.max(bitmap.width, bitmap.height))
  const canvas = document.createElement('canvas')
  canvas.width = Math.max(1, Math.round(bitmap.width * scale))
  canvas.height = Math.max(1, Math.round(bitmap.height * scale))
  const context = canvas.getContext('2d')
  if (!context) return null
  context.imageSmoothingQuality = 'high'
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height)
  bitmap.close()
  return await blobOf(canvas)
}

/** WebP where the browser can write it, else JPEG. */
export async function blobOf(canvas: HTMLCanvasElement): Promise<Blob | null> {
  const asType = (type: string) => new Promise<Blob | null>((done) => canvas.toBlob(done, type, QUALITY))
  const webp = await asType('image/webp')
  return webp?.type === 'image/webp' ? webp : await asType('image/jpeg')
}
