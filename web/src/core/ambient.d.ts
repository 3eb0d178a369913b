/** The program of `worker.ts`, bundled to one script by the build. */
declare module "worker:program" {
  const program: string;
  export default program;
}

/** A style sheet, minified by the build. */
declare module "*.css" {
  const text: string;
  export default text;
}
