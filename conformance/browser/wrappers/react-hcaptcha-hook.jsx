import { HCaptchaProvider, useHCaptcha } from "@hcaptcha/react-hcaptcha/hooks";
import { serveReact } from "./react.jsx";

function Form({ tell, handle }) {
  const { ready, executeInstance, resetInstance } = useHCaptcha();
  handle({ execute: () => executeInstance({ rqdata: "x" }), reset: resetInstance });
  if (ready) tell("ready")();
  return null;
}

serveReact(({ sitekey, size, tell, handle }) => (
  <HCaptchaProvider
    sitekey={sitekey}
    size={size}
    rqdata="x"
    onVerify={tell("token")}
    onError={tell("error")}
  >
    <Form tell={tell} handle={handle} />
  </HCaptchaProvider>
));
