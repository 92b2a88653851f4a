//! An operator, an account and its users, as a server with decentralised authentication knows them:
//! JSON claims signed with nkeys.

use std::time::{SystemTime, UNIX_EPOCH};

use data_encoding::BASE64URL_NOPAD;
use nkeys::KeyPair;
use serde_json::{Value, json};

pub struct Operator {
    operator: KeyPair,
    account: KeyPair,
    system: KeyPair,
}

impl Operator {
    pub fn new() -> Self {
        Self {
            operator: KeyPair::new_operator(),
            account: KeyPair::new_account(),
            system: KeyPair::new_account(),
        }
    }

    /// Lines of a server's configuration that trusts the operator and knows its accounts.
    pub fn server_config(&self) -> String {
        let limits = json!({
            "subs": -1, "data": -1, "payload": -1, "imports": -1, "exports": -1, "wildcards": true, "conn": -1,
            "leaf": -1, "mem_storage": -1, "disk_storage": -1, "streams": -1, "consumer": -1,
        });
        let account = json!({"type": "account", "version": 2, "limits": limits});
        let plain = json!({"type": "account", "version": 2, "limits": {
            "subs": -1, "data": -1, "payload": -1, "imports": -1, "exports": -1, "wildcards": true, "conn": -1, "leaf": -1,
        }});
        let itself = json!({"type": "operator", "version": 2});
        let (account_key, system_key) = (self.account.public_key(), self.system.public_key());
        format!(
            "operator: {}\nsystem_account: {system_key}\nresolver: MEMORY\n\
             resolver_preload: {{\n  {account_key}: {}\n  {system_key}: {}\n}}\n",
            claim(&self.operator, &self.operator.public_key(), itself, None),
            claim(&self.operator, &account_key, account, None),
            claim(&self.operator, &system_key, plain, None),
        )
    }

    /// The text of a credentials file of a new user; `lives_secs` from now on, or for ever.
    pub fn credentials(&self, lives_secs: Option<u64>) -> String {
        let user = KeyPair::new_user();
        let rights = json!({
            "type": "user", "version": 2, "subs": -1, "data": -1, "payload": -1, "pub": {}, "sub": {},
        });
        let expires = lives_secs.map(|secs| now() + secs);
        let jwt = claim(&self.account, &user.public_key(), rights, expires);
        format!(
            "-----BEGIN NATS USER JWT-----\n{jwt}\n------END NATS USER JWT------\n\n\
             -----BEGIN USER NKEY SEED-----\n{}\n------END USER NKEY SEED------\n",
            user.seed().unwrap()
        )
    }
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

/// What `issuer` says of `subject`, signed.
#[expect(clippy::needless_pass_by_value, reason = "callers hand over what they make on the spot")]
fn claim(issuer: &KeyPair, subject: &str, nats: Value, expires: Option<u64>) -> String {
    let mut claims = json!({
        "jti": "test", "iat": now(), "iss": issuer.public_key(), "name": "test", "sub": subject, "nats": nats,
    });
    if let Some(expires) = expires {
        claims["exp"] = expires.into();
    }
    let encoded = |value: &Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
    let signed =
        format!("{}.{}", encoded(&json!({"typ": "JWT", "alg": "ed25519-nkey"})), encoded(&claims));
    let signature = issuer.sign(signed.as_bytes()).unwrap();
    format!("{signed}.{}", BASE64URL_NOPAD.encode(&signature))
}
