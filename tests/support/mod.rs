//! What the integration tests share.
#![allow(dead_code, reason = "each test program uses a part of it")]
#![allow(clippy::unwrap_used, reason = "a panic is the report")]

pub mod broker;
pub mod browser;
pub mod fetching;
pub mod site;
pub mod worker;
