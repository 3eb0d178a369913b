/** Stands in for the Script component of Next, which comes with all of that framework: loads each script once. */

import { useEffect } from "react";

export default function Script({ id, src, onLoad, onError }) {
  useEffect(() => {
    if (document.getElementById(id)) return;
    const script = Object.assign(document.createElement("script"), { id, src });
    script.onload = onLoad;
    script.onerror = onError;
    document.body.append(script);
  }, [id, src]);
  return null;
}
