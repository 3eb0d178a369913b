/**
 * The page's side of every wrapper's application: `window.app` mounts, starts, resets and unmounts; `window.told` is
 * what the wrapper said. Each mount is a form of its own.
 */

window.told = [];

/**
 * @param mount gets the element to mount in, the options and what to tell; answers `{unmount, reset, execute, change}`,
 *              as far as the wrapper has them
 */
export function serve(mount) {
  const mounted = new Map();
  window.app = {
    mount(name, options) {
      const form = document.createElement("form");
      form.id = name;
      const place = document.createElement("div");
      form.append(place);
      document.body.append(form);
      const tell = (event) => (value) => {
        window.told.push([name, event, typeof value === "object" ? JSON.stringify(value) : value]);
      };
      mounted.set(name, { form, ...mount(place, options, tell) });
    },
    unmount(name) {
      const { form, unmount } = mounted.get(name);
      unmount();
      form.remove();
    },
    reset: (name) => mounted.get(name).reset(),
    /** Gives it other options. */
    change: (name, options) => mounted.get(name).change(options),
    /** Starts a wrapper that waits to be told; the promise, where there is one, is the token. */
    execute: (name, action) => mounted.get(name).execute(action),
    field: (name, field) => new FormData(document.getElementById(name)).get(field),
  };
}
