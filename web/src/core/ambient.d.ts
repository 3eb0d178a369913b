/** Whether the script fetches the worker's program rather than having it inside; the build says so. */
declare const FETCHES_PROGRAM: boolean;

/** The program of `worker.ts`, bundled to one script by the build. */
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
