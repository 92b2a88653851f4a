//! What the integration tests share.
#![allow(dead_code, reason = "each test program uses a part of it")]
#![allow(clippy::print_stdout, reason = "what is skipped is said")]
#![allow(clippy::unwrap_used, reason = "a panic is the report")]

pub mod broker;
pub mod browser;
pub mod fetching;
pub mod h2_site;
pub mod jwt;
pub mod proxy;
pub mod site;
pub mod socks;
pub mod tls;
pub mod worker;
