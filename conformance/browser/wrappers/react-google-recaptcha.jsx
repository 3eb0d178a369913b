import { useRef } from "react";
import ReCAPTCHA from "react-google-recaptcha";
import { serveReact } from "./react.jsx";

serveReact(({ sitekey, size, tell, handle }) => {
  const captcha = useRef();
  handle({
    reset: () => captcha.current.reset(),
    execute: () => captcha.current.executeAsync(),
  });
  return (
    <ReCAPTCHA
      ref={captcha}
      sitekey={sitekey}
      size={size}
      onChange={tell("token")}
      onExpired={tell("expired")}
      onErrored={tell("error")}
    />
  );
});
