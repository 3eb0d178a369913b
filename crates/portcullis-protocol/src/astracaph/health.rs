//! `GET /api/v1/health`.

use portcullis_engine::{Engine, Visitor};
use serde_json::json;

use super::cors::with_origin;
use crate::Reply;

/// Whether the server can keep its word.
pub async fn health(engine: &Engine, visitor: &Visitor) -> Reply {
    let reply = match engine.ready().await {
        Ok(()) => {
            Reply::json(200, &json!({ "status": "ok", "service": "portcullis", "protocol": "astracaph" }))
        }
        Err(_) => Reply::json(503, &json!({ "status": "unavailable", "service": "portcullis" })),
    };
    with_origin(reply, visitor)
}
