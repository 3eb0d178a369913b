/** Mounts React components, in its strict mode where asked: every effect then runs, ends and runs again. */

import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { serve } from "./app.js";

/** @param App component that gets the options, `tell` and `handle`, which takes what resets and starts it */
export function serveReact(App) {
  serve((place, { strict, ...options }, tell) => {
    const handles = {};
    const handle = (more) => Object.assign(handles, more);
    const root = createRoot(place);
    const app = <App {...options} tell={tell} handle={handle} />;
    root.render(strict ? <StrictMode>{app}</StrictMode> : app);
    return {
      unmount: () => root.unmount(),
      reset: () => handles.reset(),
      execute: (action) => handles.execute(action),
    };
  });
}
