//! Multipart forms, which `curl -F`, PHP's arrays and JavaScript's `FormData` make.

use std::convert::Infallible;

use futures_util::stream;
use multer::bytes::Bytes;
use multer::{Constraints, Multipart, SizeLimit};

use crate::Request;
use crate::request::Unreadable;

/// Whether a content type names a multipart form.
pub(crate) fn is_multipart(content_type: &str) -> bool {
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    media_type.eq_ignore_ascii_case("multipart/form-data")
}

/// The names and values of the parts, in their order. `content_type` names the boundary.
///
/// # Errors
///
/// [`Unreadable::Malformed`] where the body is no such form, or ends in the middle.
pub(crate) async fn parts(content_type: &str, body: &[u8]) -> Result<Vec<(String, String)>, Unreadable> {
    let boundary = multer::parse_boundary(content_type).map_err(|_| Unreadable::Malformed)?;
    let whole = stream::iter([Ok::<_, Infallible>(Bytes::copy_from_slice(body))]);
    let most = Request::BODY_MAX as u64;
    let constraints = Constraints::new().size_limit(SizeLimit::new().whole_stream(most).per_field(most));
    let mut form = Multipart::with_constraints(whole, boundary, constraints);
    let mut found = Vec::new();
    while let Some(part) = form.next_field().await.map_err(|_| Unreadable::Malformed)? {
        let name = part.name().unwrap_or_default().to_owned();
        found.push((name, part.text().await.map_err(|_| Unreadable::Malformed)?));
    }
    Ok(found)
}
