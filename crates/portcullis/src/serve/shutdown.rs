//! Being told to stop.

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::failure::Failure;

/// The wish to stop, from a service manager (SIGTERM) or a terminal (SIGINT).
pub(super) struct Asked {
    terminate: Signal,
    interrupt: Signal,
}

impl Asked {
    /// Waits for the next such signal.
    pub(super) async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// Begins to listen for signals.
pub(super) fn asked() -> Result<Asked, Failure> {
    let open = |kind| signal(kind).map_err(|error| Failure::new(error, "check the limits on files"));
    Ok(Asked { terminate: open(SignalKind::terminate())?, interrupt: open(SignalKind::interrupt())? })
}
