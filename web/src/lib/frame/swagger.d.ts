declare module 'swagger-ui-dist/swagger-ui-bundle.js?url' {
  const address: string
  export default address
}
declare module 'swagger-ui-dist/swagger-ui.css?url' {
  const address: string
  export default address
}
interface Window {
  SwaggerUIBundle?: (options: { url: string; domNode: HTMLElement; deepLinking: boolean }) => void
}
