/** Mounts Angular components, compiled in the page, with zones. To be imported first: it brings the compiler. */

import "@angular/compiler";
import "zone.js";
import { Component, provideZoneChangeDetection, ViewChild } from "@angular/core";
import { bootstrapApplication } from "@angular/platform-browser";
import { serve } from "./app.js";

let applications = 0;

/**
 * @param template  with the wrapper as `#wrapper`; it sees the options and `tell`
 * @param find      what the wrapper is found by, if not by that name
 * @param imports   what the template needs
 * @param providers of the options: what the application is configured with
 * @param handle    what resets and starts it: of the wrapper, the application's injector and the options
 */
export function serveAngular({ template, find = "wrapper", imports, providers, handle }) {
  serve((place, options, tell) => {
    const selector = `some-application-${++applications}`;
    place.append(document.createElement(selector));
    class Root {
      options = options;
      tell = tell;
    }
    // What decorators do, called by name.
    ViewChild(find)(Root.prototype, "wrapper");
    Component({ selector, imports, template })(Root);
    let application;
    bootstrapApplication(Root, {
      providers: [provideZoneChangeDetection(), ...(providers?.(options) ?? [])],
    }).then((started) => {
      application = started;
      tell("ready")();
    });
    const root = () => application.components[0].instance;
    const handles = () => handle(root().wrapper, application.injector, options);
    return {
      unmount: () => application.destroy(),
      change(more) {
        Object.assign(options, more);
        application.tick();
      },
      reset: () => handles().reset(),
      execute: (action) => handles().execute(action),
    };
  });
}
