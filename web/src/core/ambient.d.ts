/** The program of `worker.ts`, bundled to one script by the build; empty in scripts that fetch it. */
declare module "worker:program" {
  const program: string;
  export default program;
}

/** A page, as it is. */
declare module "*.html" {
  const text: string;
  export default text;
}

/** A style sheet, minified by the build. */
declare module "*.css" {
  const text: string;
  export default text;
}
