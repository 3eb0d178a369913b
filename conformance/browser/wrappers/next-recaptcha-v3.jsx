import { ReCaptchaProvider, useReCaptcha } from "next-recaptcha-v3";
import { serveReact } from "./react.jsx";

function Form({ tell, handle }) {
  const { executeRecaptcha, loaded } = useReCaptcha();
  handle({ execute: (action) => executeRecaptcha(action) });
  if (loaded) tell("ready")();
  return null;
}

serveReact(({ sitekey, src, tell, handle }) => (
  <ReCaptchaProvider reCaptchaKey={sitekey} src={src}>
    <Form tell={tell} handle={handle} />
  </ReCaptchaProvider>
));
