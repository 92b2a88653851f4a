//! Three servers with streams in three copies: leaders step down, and a server at a time is killed.

use std::net::Ipv4Addr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use async_nats::jetstream::Context;
use serde_json::{Value, json};

use super::group::{Group, Order};
use super::plan::{Fault, Plan};
use super::producer::Producer;
use super::streams::Streams;
use super::support::broker::{connect, free_port, server_program};
use super::support::worker::program;
use super::{Scene, messages, routes, under_way};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cluster_with_changing_leaders_loses_and_doubles_nothing() {
    under_fire(1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn four_partitions_over_cluster_lose_and_double_nothing() {
    under_fire(4).await;
}

async fn under_fire(partitions: usize) {
    let scene = Scene::set(Plan::cluster(partitions)).await;
    let mut cluster = Cluster::start(partitions).await;
    let url = cluster.url();
    scene
        .play(&url, &url, async |plan, group, producer| {
            strike(plan, &mut cluster, group, producer).await;
        })
        .await;
}

/// Three servers that know each other; gone when dropped.
struct Cluster {
    nodes: Vec<Node>,
    dir: tempfile::TempDir,
}

struct Node {
    client_port: u16,
    route_port: u16,
    child: Option<Child>,
}

impl Drop for Cluster {
    fn drop(&mut self) {
        for node in &mut self.nodes {
            node.kill();
        }
    }
}

impl Node {
    fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }
}

impl Cluster {
    /// Starts the servers and provisions them as an operator would.
    async fn start(partitions: usize) -> Self {
        let nodes = (0..3)
            .map(|_| Node { client_port: free_port(), route_port: free_port(), child: None })
            .collect();
        let mut cluster = Self { nodes, dir: tempfile::tempdir().unwrap() };
        for number in 0..3 {
            cluster.launch(number);
        }
        cluster.provision(partitions).await;
        cluster
    }

    fn url(&self) -> String {
        let urls: Vec<String> =
            self.nodes.iter().map(|n| format!("nats://127.0.0.1:{}", n.client_port)).collect();
        urls.join(",")
    }

    fn launch(&mut self, number: usize) {
        let routes: Vec<String> =
            self.nodes.iter().map(|n| format!("\"nats://127.0.0.1:{}\"", n.route_port)).collect();
        let path = |name: &str| self.dir.path().join(format!("{name}-{number}"));
        let quoted = |path: &Path| format!("{path:?}");
        let node = &self.nodes[number];
        let config = format!(
            "server_name: n{number}\nlisten: \"{host}:{}\"\nlog_file: {}\n\
             jetstream {{ store_dir: {}, max_file_store: 1TB }}\n\
             cluster {{ name: chaos, listen: \"{host}:{}\", routes: [{}] }}\n",
            node.client_port,
            quoted(&path("log")),
            quoted(&path("data")),
            node.route_port,
            routes.join(", "),
            host = Ipv4Addr::LOCALHOST,
        );
        let file = path("conf");
        std::fs::write(&file, config).unwrap();
        let child = Command::new(server_program())
            .arg("--config")
            .arg(&file)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        self.nodes[number].child = Some(child);
    }

    /// `provision --replicas 3`, until the servers have found each other.
    async fn provision(&self, partitions: usize) {
        let mut said = String::new();
        for _ in 0..120 {
            let mut command = program();
            command
                .args(["provision", "--replicas", "3"])
                .current_dir(self.dir.path())
                .env("NEWS_INGEST__NATS__URL", self.url())
                .env("NEWS_INGEST__STREAMS__PARTITIONS", partitions.to_string())
                .env("NEWS_INGEST__INTAKE__ACK_WAIT_SECS", "5");
            let output = command.output().await.unwrap();
            if output.status.success() {
                let context = connect(&self.url()).await;
                routes::create_stream(&context, 3).await;
                let raw = context.get_stream("NEWS_RAW").await.unwrap();
                assert_eq!(raw.cached_info().config.num_replicas, 3);
                return;
            }
            said = String::from_utf8_lossy(&output.stderr).into_owned();
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        panic!("the cluster cannot be provisioned: {said}");
    }

    /// Lets the leader of something step down; whether it did.
    async fn step_down(context: &Context, what: &str) -> bool {
        let (kind, name) = what.split_once(' ').unwrap();
        let subject = format!("{kind}.LEADER.STEPDOWN.{name}");
        let answer: Result<Value, _> = context.request(subject, &json!({})).await;
        answer.is_ok_and(|answer| answer["success"] == true)
    }

    /// Waits until every stream has a leader and all of its copies are up to date.
    async fn whole(&self, context: &Context, streams: &Streams) {
        let mut all = [streams.raw(), streams.retry(), streams.out()].concat();
        all.push(routes::STREAM.to_owned());
        for stream in &all {
            for _ in 0..240 {
                let info = context.get_stream(stream).await.map(|s| s.cached_info().clone());
                let whole = info.ok().and_then(|info| info.cluster).is_some_and(|cluster| {
                    cluster.leader.is_some() && cluster.replicas.iter().all(|r| r.current)
                });
                if whole {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(250)).await;
            }
        }
    }
}

/// Whose leaders step down, in turn.
fn leaders(streams: &Streams) -> Vec<String> {
    let (raw, retry, out) = (streams.raw(), streams.retry(), streams.out());
    let (last_out, last_retry) = (&out[out.len() - 1], &retry[retry.len() - 1]);
    vec![
        format!("STREAM {}", raw[0]),
        format!("CONSUMER {}.news-ingest", raw[0]),
        format!("STREAM {last_out}"),
        format!("STREAM {last_retry}"),
        format!("CONSUMER {last_retry}.news-ingest"),
        "STREAM KV_news_hosts".to_owned(),
    ]
}

/// Strikes each fault into a burst of stories.
async fn strike(plan: &mut Plan, cluster: &mut Cluster, group: &Group, producer: &Producer) {
    let streams = plan.streams.clone();
    let leaders = leaders(&streams);
    let faults = plan.faults.clone();
    producer.send_up_to(plan.messages() / faults.len());
    let context = connect(&cluster.url()).await;
    under_way(&context, &streams).await;
    let (mut asked, mut stepped) = (0, 0);
    let mut next = tokio::time::Instant::now();
    for (number, fault) in faults.iter().enumerate() {
        next += plan.interval();
        producer.send_up_to((number + 1) * plan.messages() / faults.len());
        tokio::time::sleep(plan.rng.millis(0..300)).await;
        match fault {
            Fault::KillWorker => {
                group.order(&mut plan.rng, |rng| Order::Kill { down: rng.millis(0..1000) });
            }
            Fault::StepDown => {
                let leader = &leaders[asked % leaders.len()];
                asked += 1;
                stepped += usize::from(Cluster::step_down(&context, leader).await);
            }
            // One at a time: two of three servers must agree.
            Fault::KillNode => {
                let node = plan.rng.below(3);
                cluster.nodes[node].kill();
                tokio::time::sleep(plan.rng.millis(500..3000)).await;
                cluster.launch(node);
                cluster.whole(&context, &streams).await;
            }
            Fault::PauseWorker
            | Fault::StopWorker
            | Fault::KillServer
            | Fault::Cut
            | Fault::Freeze => unreachable!("not in a cluster's plan"),
        }
        tokio::time::sleep_until(next).await;
    }
    cluster.whole(&context, &streams).await;
    println!(
        "{stepped} of {asked} leaders stepped down, {} outcomes by then",
        messages(&context, &streams.out()).await
    );
    assert!(stepped > 0, "no leader stepped down");
}
