import { Turnstile } from "@marsidev/react-turnstile";
import { useRef } from "react";
import { serveReact } from "./react.jsx";

serveReact(({ sitekey, injectScript, options, tell, handle }) => {
  const captcha = useRef();
  handle({
    reset: () => captcha.current.reset(),
    execute: () => {
      captcha.current.execute();
      return captcha.current.getResponsePromise();
    },
  });
  return (
    <Turnstile
      ref={captcha}
      siteKey={sitekey}
      injectScript={injectScript}
      options={options}
      onSuccess={tell("token")}
      onExpire={tell("expired")}
      onError={tell("error")}
    />
  );
});
