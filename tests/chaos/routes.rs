//! A route of the user's: some of the stories, on a stream that workers know nothing of.

use async_nats::jetstream::Context;
use async_nats::jetstream::stream::Config;

pub const STREAM: &str = "DESK";

/// Stories with the word in their headline: the inline ones.
const WORD: &str = "votes";

pub const SETTING: &str = r#"[{name = "votes", when = "title contains votes", subject = "desk.{language}.{key}", format = "no-bodies"}]"#;

/// Whether a record takes the route.
pub fn takes(item: &serde_json::Value) -> bool {
    item["headlines"][0]["value"].as_str().is_some_and(|title| title.contains(WORD))
}

pub async fn create_stream(context: &Context, replicas: usize) {
    let config = Config {
        name: STREAM.to_owned(),
        subjects: vec!["desk.>".to_owned()],
        num_replicas: replicas,
        ..Config::default()
    };
    context.create_stream(config).await.unwrap();
}
