//! What `site add` prints for people: everything to paste.

use portcullis_engine::Site;

use crate::base_url::BaseUrl;

/// HTML for the page, the call for the backend, and a line to try it with.
pub(super) fn snippet(site: &Site, base: &BaseUrl) -> String {
    let (key, secret) = (site.site_key(), site.secret().expose());
    let endpoint = base.at(&format!("/cap/{key}/"));
    let script = base.at("/assets/widget.js");
    let siteverify = base.at("/siteverify");
    // Secrets may hold quotes, and each language has its own way with them.
    let (python, shell) = (json(secret), quote(secret));
    let body = quote(&format!(r#"{{"secret": {python}, "response": "TOKEN"}}"#));
    format!(
        r#"Put this into the page:

  <script src="{script}" async></script>
  <form method="post">
    <!-- your fields -->
    <cap-widget data-cap-api-endpoint="{endpoint}"></cap-widget>
    <button>Send</button>
  </form>

The form then brings a field cap-token. Verify it once, in the backend. The secret key must stay there.

Python:

  import json, urllib.request

  def is_human(token):
      body = json.dumps({{"secret": {python}, "response": token}}).encode()
      request = urllib.request.Request("{siteverify}", body, {{"content-type": "application/json"}})
      return json.load(urllib.request.urlopen(request, timeout=5))["success"]

Node:

  async function isHuman(token) {{
    const answer = await fetch("{siteverify}", {{
      method: "POST",
      headers: {{ "content-type": "application/json" }},
      body: JSON.stringify({{ secret: {python}, response: token }}),
    }});
    return (await answer.json()).success;
  }}

Try it from a shell, with a token from the first line:

  portcullis solve {base} {key}
  curl -s {siteverify} -H 'content-type: application/json' -d {body}
  portcullis verify {base} {shell} TOKEN
"#
    )
}

/// A string literal of JSON, JavaScript and Python.
fn json(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A word of a POSIX shell.
fn quote(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_in_secrets_stay_inside() {
        assert_eq!(json(r#"a"b\c"#), r#""a\"b\\c""#);
        assert_eq!(quote("it's"), r"'it'\''s'");
    }
}
