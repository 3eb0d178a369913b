/** What Nuxt itself gives the module: configuration at run time, Vue, and scripts that it loads. */

export { onBeforeUnmount, onMounted, ref } from "vue";

export const useRuntimeConfig = () => ({ public: { turnstile: {} } });

/** Here a script is loaded as the component is mounted. */
export const useScriptTriggerElement = () => undefined;

/** Loads a script once, and calls back with what it brings when it has run. */
export function useRegistryScript(name, options) {
  const { scriptInput, scriptOptions } = options();
  loaded[name] ??= new Promise((resolve) => {
    const script = Object.assign(document.createElement("script"), scriptInput);
    script.onload = () => resolve(scriptOptions.use());
    document.head.append(script);
  });
  return { onLoaded: (act) => loaded[name].then(act) };
}

const loaded = {};
