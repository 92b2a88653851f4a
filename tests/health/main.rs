//! What a worker and the doctor say of themselves and of the broker.
#![allow(clippy::unwrap_used, reason = "a panic is the report")]

#[path = "../support/mod.rs"]
mod support;

mod connection;
mod doctor;
mod http;
