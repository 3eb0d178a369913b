//! Load for a running Portcullis, over HTTP on this machine.
//!
//! One thread drives many kept-alive connections, so that most of two cores is left to the server. Every command
//! prints one JSON object. Only loopback addresses are taken as a target.

use std::net::SocketAddr;

use anyhow::ensure;
use clap::{Parser, Subcommand};

mod altcha;
mod connection;
mod cycles;
mod flood;
mod flows;
mod latency;
mod motion;
mod probe;

#[derive(Parser)]
struct Arguments {
    /// Where the server listens; a loopback address.
    #[arg(long, default_value = "127.0.0.1:8080")]
    server: SocketAddr,
    /// Connections that are kept busy.
    #[arg(long, default_value_t = 64)]
    connections: usize,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Challenge, redeem and siteverify in turn; then each step alone. Solutions are prepared before the clock
    /// starts.
    Cycles {
        site_key: String,
        secret: String,
        /// How many cycles.
        #[arg(long, default_value_t = 100_000)]
        number: usize,
    },
    /// The ALTCHA door: challenges, then their verification by a backend.
    Altcha {
        #[command(flatten)]
        altcha: altcha::Altcha,
    },
    /// The same request again and again, as fast as it is answered.
    Flood {
        #[command(flatten)]
        flood: flood::Flood,
        /// How many requests.
        #[arg(long, default_value_t = 300_000)]
        number: usize,
    },
    /// The same request at a fixed rate, whether or not it is answered in time, for some seconds.
    Steady {
        #[command(flatten)]
        flood: flood::Flood,
        /// Requests per second.
        #[arg(long, default_value_t = 20_000)]
        rate: u64,
        #[arg(long, default_value_t = 10)]
        seconds: u64,
    },
    /// Flows of the Crafy door: taken through by work alone, then verified.
    Flows {
        #[command(flatten)]
        flows: flows::Flows,
    },
    /// The latency of `POST /cap/{site_key}/challenge` for one visitor who asks again a millisecond after each answer.
    Probe {
        site_key: String,
        #[arg(long, default_value_t = 8)]
        seconds: u64,
    },
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    ensure!(arguments.server.ip().is_loopback(), "{} is not a loopback address", arguments.server);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (server, connections) = (arguments.server, arguments.connections);
    let report = match arguments.command {
        Command::Altcha { altcha } => runtime.block_on(altcha.run(server, connections))?,
        Command::Cycles { site_key, secret, number } => {
            runtime.block_on(cycles::run(server, connections, &site_key, &secret, number))?
        }
        Command::Flood { flood, number } => runtime.block_on(flood.run(server, connections, number))?,
        Command::Steady { flood, rate, seconds } => {
            runtime.block_on(flood.steady(server, connections, rate, seconds))?
        }
        Command::Flows { flows } => runtime.block_on(flows.run(server, connections))?,
        Command::Probe { site_key, seconds } => probe::run(server, &site_key, seconds)?,
    };
    println!("{report}");
    Ok(())
}
