//! A real `nats-server` per test, on a free port, gone when dropped.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use async_nats::HeaderMap;
use async_nats::jetstream::Context;
use async_nats::jetstream::message::StreamMessage;
use news_ingest::broker::{embedded, topology};
use news_ingest::state;

/// A server with JetStream in a directory of its own.
pub struct Broker {
    url: String,
    port: u16,
    dir: tempfile::TempDir,
    child: Option<Child>,
    program: PathBuf,
    max_payload: usize,
    /// JetStream's domain.
    domain: Option<String>,
    /// Further lines of the server's configuration.
    extra: String,
    /// Who the tests themselves are to it.
    login: Option<Login>,
}

/// How the tests log in.
pub enum Login {
    Password(String, String),
    /// The text of a credentials file.
    Credentials(String),
}

/// An outcome read back from the out stream.
#[derive(Debug, Clone)]
pub struct Stored {
    pub subject: String,
    pub sequence: u64,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Stored {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(async_nats::HeaderValue::as_str)
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub fn key(&self) -> &str {
        self.subject.rsplit('.').next().unwrap()
    }
}

impl From<StreamMessage> for Stored {
    fn from(message: StreamMessage) -> Self {
        Self {
            subject: message.subject.to_string(),
            sequence: message.sequence,
            headers: message.headers,
            body: message.payload.to_vec(),
        }
    }
}

/// The program under test's own way of finding the server.
pub fn server_program() -> PathBuf {
    let target = PathBuf::from(env!("CARGO_BIN_EXE_news-ingest"));
    let tools = target.parent().unwrap().parent().unwrap().join("tools/nats-server");
    if tools.is_file() {
        return tools;
    }
    embedded::find_program(&embedded::Settings::default())
        .expect("nats-server on PATH or in target/tools; `make tools` brings it")
}

/// An older server that `make old-servers` brings; `None`, and a word about it, where it is not there.
pub fn old_server_program(version: &str) -> Option<PathBuf> {
    let program = server_program().with_file_name(format!("nats-server-{version}"));
    if !program.is_file() {
        println!("skipped: no nats-server {version}; `make old-servers` brings it");
        return None;
    }
    Some(program)
}

pub fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
}

impl Broker {
    pub async fn start() -> Self {
        Self::with_max_payload(1 << 20).await
    }

    /// A server of another version.
    pub async fn of(program: PathBuf) -> Self {
        Self::launch(program, 1 << 20, String::new(), None, None).await
    }

    pub async fn with_max_payload(max_payload: usize) -> Self {
        Self::launch(server_program(), max_payload, String::new(), None, None).await
    }

    /// A server with further lines of configuration, and how the tests log in there.
    pub async fn with_config(extra: String, login: Option<Login>) -> Self {
        Self::launch(server_program(), 1 << 20, extra, login, None).await
    }

    /// The same, whose JetStream is a domain of its own.
    pub async fn in_domain(domain: &str, extra: &str, login: Option<Login>) -> Self {
        let domain = Some(domain.to_owned());
        Self::launch(server_program(), 1 << 20, extra.to_owned(), login, domain).await
    }

    async fn launch(
        program: PathBuf,
        max_payload: usize,
        extra: String,
        login: Option<Login>,
        domain: Option<String>,
    ) -> Self {
        let mut broker = Self {
            url: String::new(),
            port: free_port(),
            dir: tempfile::tempdir().unwrap(),
            child: None,
            program,
            max_payload,
            domain,
            extra,
            login,
        };
        broker.url = format!("nats://127.0.0.1:{}", broker.port);
        broker.resume().await;
        broker
    }

    /// A server with users: the tests are `admin` with the password `admin`.
    pub async fn with_users(users: &str) -> Self {
        let login = Login::Password("admin".to_owned(), "admin".to_owned());
        Self::with_config(with_admin(users), Some(login)).await
    }

    /// Gives a running server other users.
    pub fn reload_users(&mut self, users: &str) {
        self.extra = with_admin(users);
        self.write_config();
        self.signal(rustix::process::Signal::HUP);
    }

    /// Sends the server a signal: STOP freezes it, and is waited for; CONT lets it go on.
    pub fn signal(&self, signal: rustix::process::Signal) {
        let pid = i32::try_from(self.child.as_ref().unwrap().id()).unwrap();
        rustix::process::kill_process(rustix::process::Pid::from_raw(pid).unwrap(), signal)
            .unwrap();
        let is_stopped = || {
            let status = std::fs::read_to_string(format!("/proc/{pid}/status"));
            status.is_ok_and(|status| status.contains("State:\tT"))
        };
        while signal == rustix::process::Signal::STOP && !is_stopped() {
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
    }

    /// A server that holds what a worker needs.
    pub async fn provisioned() -> Self {
        let broker = Self::start().await;
        broker.provision().await;
        broker
    }

    pub async fn provision(&self) {
        self.provision_with(&topology::Settings::default()).await;
    }

    /// The same with other names or another number of streams.
    pub async fn provision_with(&self, settings: &topology::Settings) {
        let context = self.context().await;
        let ack_wait = Duration::from_secs(5);
        topology::provision(&context, settings, ack_wait, false).await.unwrap();
        state::provision(&context, &state::Settings::default(), 1).await.unwrap();
    }

    /// Starts the server again on the same port and data.
    pub async fn resume(&mut self) {
        let config = self.write_config();
        let child = Command::new(&self.program)
            .arg("--config")
            .arg(&config)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        self.child = Some(child);
        for _ in 0..500 {
            if let Ok(client) = self.options().connect(self.url()).await
                && async_nats::jetstream::new(client).query_account().await.is_ok()
            {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("nats-server does not answer: {}", self.log());
    }

    fn write_config(&self) -> PathBuf {
        let config = self.dir.path().join("server.conf");
        let text = format!(
            "listen: \"127.0.0.1:{}\"\nmax_payload: {}\nlog_file: {:?}\njetstream {{ store_dir: {:?}, max_file_store: 1TB{} }}\n{}",
            self.port,
            self.max_payload,
            self.dir.path().join("server.log"),
            self.dir.path().join("data"),
            self.domain.as_ref().map_or(String::new(), |domain| format!(", domain: {domain}")),
            self.extra,
        );
        std::fs::write(&config, text).unwrap();
        config
    }

    fn options(&self) -> async_nats::ConnectOptions {
        match &self.login {
            Some(Login::Password(user, password)) => {
                async_nats::ConnectOptions::with_user_and_password(user.clone(), password.clone())
            }
            Some(Login::Credentials(text)) => {
                async_nats::ConnectOptions::with_credentials(text).unwrap()
            }
            None => async_nats::ConnectOptions::new(),
        }
    }

    /// Kills the server as a power cut would.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.dir.path().join("server.log")).unwrap_or_default()
    }

    /// Waits until a server that was told to end has ended.
    pub async fn ended(&mut self) {
        for _ in 0..1200 {
            if self.child.as_mut().unwrap().try_wait().unwrap().is_some() {
                self.child = None;
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("nats-server does not end: {}", self.log());
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    pub fn address(&self) -> std::net::SocketAddr {
        (Ipv4Addr::LOCALHOST, self.port).into()
    }

    pub async fn context(&self) -> Context {
        async_nats::jetstream::new(self.options().connect(self.url()).await.unwrap())
    }

    /// Publishes a raw message and waits until it is stored.
    pub async fn put(
        &self,
        context: &Context,
        headers: &[(&str, &str)],
        body: impl AsRef<[u8]>,
    ) -> u64 {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, *value);
        }
        let body = body.as_ref().to_vec().into();
        context
            .publish_with_headers("news.raw.test", map, body)
            .await
            .unwrap()
            .await
            .unwrap()
            .sequence
    }

    /// Waits until `count` outcomes are stored; all of them, oldest first.
    pub async fn outcomes(&self, context: &Context, count: usize) -> Vec<Stored> {
        self.outcomes_of(context, "NEWS_OUT", count).await
    }

    /// The same of another out stream.
    pub async fn outcomes_of(&self, context: &Context, out: &str, count: usize) -> Vec<Stored> {
        let stream = context.get_stream(out).await.unwrap();
        for _ in 0..1200 {
            if stream.get_info().await.is_ok_and(|info| info.state.messages >= count as u64) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let state = stream.get_info().await.unwrap().state;
        let mut all = Vec::new();
        for sequence in state.first_sequence..=state.last_sequence {
            if let Ok(message) = stream.get_raw_message(sequence).await {
                all.push(Stored::from(message));
            }
        }
        assert!(all.len() >= count, "{} of {count} outcomes: {:?}", all.len(), subjects(&all));
        all
    }

    /// Every message that is in the raw stream, oldest first.
    pub async fn raw(&self, context: &Context) -> Vec<Stored> {
        let stream = context.get_stream("NEWS_RAW").await.unwrap();
        let state = stream.cached_info().state.clone();
        let mut all = Vec::new();
        for sequence in state.first_sequence..=state.last_sequence {
            if let Ok(message) = stream.get_raw_message(sequence).await {
                all.push(Stored::from(message));
            }
        }
        all
    }

    /// Waits until there are so many messages in the raw stream.
    pub async fn raw_filled(&self, context: &Context, count: u64) {
        for _ in 0..600 {
            if self.raw_left(context).await >= count {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{} of {count} raw messages", self.raw_left(context).await);
    }

    /// Messages still in the raw stream.
    pub async fn raw_left(&self, context: &Context) -> u64 {
        context.get_stream("NEWS_RAW").await.unwrap().cached_info().state.messages
    }

    /// Waits until the raw stream is empty: everything was acknowledged.
    pub async fn drained(&self, context: &Context) {
        self.stream_drained(context, "NEWS_RAW").await;
    }

    /// The same of another stream: an outcome is stored before what it came of is acknowledged.
    pub async fn stream_drained(&self, context: &Context, stream: &str) {
        let mut left = 0;
        for _ in 0..400 {
            left = context.get_stream(stream).await.unwrap().cached_info().state.messages;
            if left == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{left} messages are left in {stream}");
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        self.kill();
    }
}

fn with_admin(users: &str) -> String {
    format!("authorization {{ users: [ {{ user: admin, password: admin }}, {users} ] }}\n")
}

pub fn subjects(outcomes: &[Stored]) -> Vec<&str> {
    outcomes.iter().map(|o| o.subject.as_str()).collect()
}

/// Outcomes per key.
pub fn by_key(outcomes: &[Stored]) -> BTreeMap<&str, usize> {
    let mut keys = BTreeMap::new();
    for outcome in outcomes {
        *keys.entry(outcome.key()).or_default() += 1;
    }
    keys
}

/// Connects to one of the servers of a comma separated list.
pub async fn connect(url: &str) -> Context {
    let urls: Vec<&str> = url.split(',').collect();
    async_nats::jetstream::new(async_nats::connect(urls.as_slice()).await.unwrap())
}
