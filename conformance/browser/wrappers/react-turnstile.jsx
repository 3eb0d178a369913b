import { useRef } from "react";
import { Turnstile } from "react-turnstile";
import { serveReact } from "./react.jsx";

serveReact(({ sitekey, options, tell, handle }) => {
  const captcha = useRef();
  handle({ reset: () => captcha.current.reset(), execute: () => captcha.current.execute() });
  return (
    <Turnstile
      sitekey={sitekey}
      {...options}
      onLoad={(_id, bound) => {
        captcha.current = bound;
      }}
      onVerify={tell("token")}
      onExpire={tell("expired")}
      onError={tell("error")}
    />
  );
});
