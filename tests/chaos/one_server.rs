//! Workers and server killed, stopped and cut off from each other.

use tokio::task::JoinSet;

use super::group::{Group, Order};
use super::link::{Link, Proxy};
use super::plan::{Fault, Plan};
use super::producer::Producer;
use super::support::broker::Broker;
use super::{Scene, routes, under_way};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_or_doubled_under_fire() {
    under_fire(1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn four_partitions_under_fire_lose_and_double_nothing() {
    under_fire(4).await;
}

async fn under_fire(partitions: usize) {
    let scene = Scene::set(Plan::one_server(partitions)).await;
    let mut broker = Broker::start().await;
    broker.provision_with(&scene.plan.streams.settings()).await;
    routes::create_stream(&broker.context().await, 1).await;
    let proxy = Proxy::start(broker.address()).await;
    let url = broker.url().to_owned();
    scene
        .play(&url, &proxy.url(), async |plan, group, producer| {
            strike(plan, &mut broker, &proxy, group, producer).await;
        })
        .await;
}

/// Strikes each fault into a burst of stories.
async fn strike(
    plan: &mut Plan,
    broker: &mut Broker,
    proxy: &Proxy,
    group: &Group,
    producer: &Producer,
) {
    let mut recoveries = JoinSet::new();
    let faults = plan.faults.clone();
    producer.send_up_to(plan.messages() / faults.len());
    under_way(&broker.context().await, &plan.streams).await;
    let mut next = tokio::time::Instant::now();
    for (number, fault) in faults.iter().enumerate() {
        next += plan.interval();
        producer.send_up_to((number + 1) * plan.messages() / faults.len());
        tokio::time::sleep(plan.rng.millis(0..900)).await;
        match fault {
            Fault::KillWorker => {
                group.order(&mut plan.rng, |rng| Order::Kill { down: rng.millis(0..2000) });
            }
            Fault::PauseWorker => {
                group.order(&mut plan.rng, |rng| Order::Pause(rng.millis(6000..9000)));
            }
            Fault::StopWorker => {
                group.order(&mut plan.rng, |rng| Order::Stop { down: rng.millis(0..2000) });
            }
            Fault::KillServer => {
                broker.kill();
                tokio::time::sleep(plan.rng.millis(100..2500)).await;
                broker.resume().await;
            }
            Fault::Cut => {
                recoveries.spawn(proxy.disturb(Link::Cut, plan.rng.millis(200..4000)));
            }
            Fault::Freeze => {
                recoveries.spawn(proxy.disturb(Link::Frozen, plan.rng.millis(3000..14_000)));
            }
            Fault::StepDown | Fault::KillNode => unreachable!("there is one server"),
        }
        tokio::time::sleep_until(next).await;
    }
    while let Some(done) = recoveries.join_next().await {
        done.unwrap();
    }
}
