import { GoogleReCaptchaProvider, useGoogleReCaptcha } from "react-google-recaptcha-v3";
import { serveReact } from "./react.jsx";

function Form({ tell, handle }) {
  const { executeRecaptcha } = useGoogleReCaptcha();
  handle({ execute: (action) => executeRecaptcha(action) });
  if (executeRecaptcha) tell("ready")();
  return null;
}

serveReact(({ sitekey, inside, tell, handle }) => (
  <GoogleReCaptchaProvider
    reCaptchaKey={sitekey}
    container={inside && { element: "inside", parameters: { badge: "inline", theme: "dark" } }}
  >
    {inside && <div id="inside" />}
    <Form tell={tell} handle={handle} />
  </GoogleReCaptchaProvider>
));
