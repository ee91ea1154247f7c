/** The part of package.json that the build keeps. */
declare module '*/package.json' {
  const manifest: { readonly version: string }
  export default manifest
}
