//! Four partitions take over from two while stories come in and workers die.

use super::group::{Group, Order};
use super::link::Proxy;
use super::plan::Plan;
use super::producer::Producer;
use super::support::broker::Broker;
use super::{Scene, routes, under_way};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn four_partitions_take_over_without_loss_or_doubles() {
    let scene = Scene::set(Plan::takeover()).await;
    let broker = Broker::start().await;
    broker.provision_with(&scene.plan.streams.settings()).await;
    routes::create_stream(&broker.context().await, 1).await;
    let proxy = Proxy::start(broker.address()).await;
    let url = broker.url().to_owned();
    scene
        .play(&url, &proxy.url(), async |plan, group, producer| {
            strike(plan, &broker, group, producer).await;
        })
        .await;
}

/// Kills workers, and in the middle provisions another number of partitions and stops every worker once.
async fn strike(plan: &mut Plan, broker: &Broker, group: &Group, producer: &Producer) {
    let faults = plan.faults.clone();
    producer.send_up_to(plan.messages() / faults.len());
    under_way(&broker.context().await, &plan.streams).await;
    let mut next = tokio::time::Instant::now();
    for number in 0..faults.len() {
        next += plan.interval();
        if number <= faults.len() / 2 || number > faults.len() / 2 + 2 {
            producer.send_up_to((number + 1) * plan.messages() / faults.len());
        }
        tokio::time::sleep(plan.rng.millis(0..900)).await;
        if number == faults.len() / 2 {
            // Messages that go out meanwhile still name the partitions of before.
            producer.send_up_to((number + 3).min(faults.len()) * plan.messages() / faults.len());
            tokio::time::sleep(plan.rng.millis(50..200)).await;
            let mut settings = plan.streams.settings();
            settings.previous_partitions = vec![settings.partitions];
            settings.partitions = 4;
            broker.provision_with(&settings).await;
            let before = broker.context().await.get_stream("NEWS_RAW_2_0").await.unwrap();
            println!("taken over with {} in NEWS_RAW_2_0", before.cached_info().state.messages);
            plan.streams.take_over(4);
            let down = plan.rng.millis(0..500);
            group.order_all(|| Order::Stop { down });
        } else {
            group.order(&mut plan.rng, |rng| Order::Kill { down: rng.millis(0..2000) });
        }
        tokio::time::sleep_until(next).await;
    }
}
