import HCaptcha from "@hcaptcha/react-hcaptcha";
import { useRef } from "react";
import { serveReact } from "./react.jsx";

serveReact(({ sitekey, size, portcullis, tell, handle }) => {
  const captcha = useRef();
  handle({
    reset: () => captcha.current.resetCaptcha(),
    execute: async () => {
      const { response, key } = await captcha.current.execute({ async: true, rqdata: "x" });
      tell("key")(key);
      return response;
    },
  });
  return (
    <HCaptcha
      ref={captcha}
      sitekey={sitekey}
      size={size}
      apihost={portcullis}
      sentry={false}
      onLoad={tell("ready")}
      onVerify={(token, key) => [tell("token")(token), tell("key")(key)]}
      onExpire={tell("expired")}
      onError={tell("error")}
    />
  );
});
