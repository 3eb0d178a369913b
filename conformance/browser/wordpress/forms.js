/* The script of the forms: what is sent without leaving the page, and reCAPTCHA's token in its field. */
(() => {
  function renew() {
    grecaptcha.ready(async () => {
      const token = await grecaptcha.execute(forms.recaptcha, { action: "contactform" });
      for (const field of document.getElementsByName("_recaptcha_response")) field.value = token;
    });
  }

  for (const form of document.querySelectorAll("form.contact")) {
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const response = await fetch(forms.url, { method: "POST", body: new FormData(form) });
      form.querySelector("output").value = (await response.json()).message;
      if (forms.recaptcha) renew();
      else turnstile.reset();
    });
  }
  if (forms.recaptcha) renew();
})();
