/** What the package says of itself. The build leaves only this in the place of the file. */
declare module '*/package.json' {
  const manifest: { readonly version: string }
  export default manifest
}
