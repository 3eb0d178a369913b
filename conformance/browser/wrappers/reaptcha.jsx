import { useRef } from "react";
import Reaptcha from "reaptcha";
import { serveReact } from "./react.jsx";

serveReact(({ sitekey, size, inject, tell, handle }) => {
  const captcha = useRef();
  handle({
    reset: () => captcha.current.reset(),
    execute: () => captcha.current.execute(),
  });
  return (
    <Reaptcha
      ref={captcha}
      sitekey={sitekey}
      size={size}
      inject={inject}
      onRender={tell("ready")}
      onVerify={tell("token")}
      onExpire={tell("expired")}
      onError={tell("error")}
    />
  );
});
