//! Traces: a span per delivery with its stages, sent to a collector by OTLP over HTTP.
//!
//! Part of a build with the feature `otlp`. Other builds refuse the setting by name, and make no spans: a span
//! costs time even if no collector is configured. A message's `traceparent` is continued, and outcomes carry the span's own.

use tracing::Span;

use super::Settings;

#[cfg(feature = "otlp")]
pub(super) use collected::{check, layer, stop};
#[cfg(feature = "otlp")]
pub use collected::{continue_from, span, traceparent};
#[cfg(not(feature = "otlp"))]
pub(super) use left_out::{check, layer, stop};
#[cfg(not(feature = "otlp"))]
pub use left_out::{continue_from, span, traceparent};

#[cfg(feature = "otlp")]
mod collected {
    use std::collections::HashMap;
    use std::sync::{Mutex, OnceLock};

    use crate::mutex::lock;
    use opentelemetry::propagation::TextMapPropagator as _;
    use opentelemetry::trace::{TraceContextExt as _, TracerProvider as _};
    use opentelemetry_otlp::WithExportConfig as _;
    use opentelemetry_sdk::Resource;
    use opentelemetry_sdk::propagation::TraceContextPropagator;
    use opentelemetry_sdk::trace::SdkTracerProvider;
    use tracing::Subscriber;
    use tracing_opentelemetry::OpenTelemetrySpanExt as _;
    use tracing_subscriber::Layer;
    use tracing_subscriber::registry::LookupSpan;

    use super::{Settings, Span};

    static PROVIDER: Mutex<Option<SdkTracerProvider>> = Mutex::new(None);
    /// Set when spans are collected.
    static COLLECTED: OnceLock<()> = OnceLock::new();

    pub(in crate::log) fn check(settings: &Settings) -> Result<(), String> {
        let Some(endpoint) = &settings.otlp_endpoint else { return Ok(()) };
        let url = url::Url::parse(endpoint).ok();
        match url.is_some_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host()) {
            true => Ok(()),
            false => Err(format!(
                "log.otlp_endpoint = {endpoint:?} is no URL such as http://127.0.0.1:4318/v1/traces"
            )),
        }
    }

    /// Collects spans where an endpoint is set. One that cannot be used has been refused by [`check`].
    pub(in crate::log) fn layer<S>(settings: &Settings) -> Option<impl Layer<S>>
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        let endpoint = settings.otlp_endpoint.as_ref()?;
        // The exporter's client takes the process's provider; another one that is set already serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let exporter =
            opentelemetry_otlp::SpanExporter::builder().with_http().with_endpoint(endpoint).build();
        let exporter = match exporter {
            Ok(exporter) => exporter,
            Err(error) => {
                say(&error.to_string());
                return None;
            }
        };
        let resource = Resource::builder().with_service_name(env!("CARGO_PKG_NAME")).build();
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_resource(resource)
            .build();
        let tracer = provider.tracer(env!("CARGO_PKG_NAME"));
        *lock(&PROVIDER) = Some(provider);
        let _ = COLLECTED.set(());
        Some(tracing_opentelemetry::layer().with_tracer(tracer))
    }

    /// Tells why there will be no traces: the log has not started.
    #[allow(clippy::print_stderr, reason = "there is no log yet")]
    fn say(error: &str) {
        eprintln!("news-ingest: no traces are sent to log.otlp_endpoint: {error}");
    }

    /// Sends what is waiting.
    pub(in crate::log) fn stop() {
        if let Some(provider) = lock(&PROVIDER).take() {
            // Whether the collector took it changes nothing about the stories.
            let _ = provider.shutdown();
        }
    }

    /// A span, where spans are collected.
    pub fn span(make: impl FnOnce() -> Span) -> Span {
        if COLLECTED.get().is_some() { make() } else { Span::none() }
    }

    /// Makes a span part of the trace that a message belongs to.
    pub fn continue_from(span: &Span, traceparent: Option<&str>, tracestate: Option<&str>) {
        let Some(traceparent) = traceparent.filter(|_| !span.is_none()) else { return };
        let mut carrier = HashMap::from([("traceparent".to_owned(), traceparent.to_owned())]);
        carrier.extend(tracestate.map(|state| ("tracestate".to_owned(), state.to_owned())));
        let context = TraceContextPropagator::new().extract(&carrier);
        // A span that was entered already keeps the trace that it is in.
        let _ = span.set_parent(context);
    }

    /// The W3C `traceparent` of a span, for what follows from it.
    pub fn traceparent(span: &Span) -> Option<String> {
        if span.is_none() {
            return None;
        }
        let mut carrier = HashMap::new();
        let context = span.context();
        context.span().span_context().is_valid().then_some(())?;
        TraceContextPropagator::new().inject_context(&context, &mut carrier);
        carrier.remove("traceparent")
    }
}

#[cfg(not(feature = "otlp"))]
mod left_out {
    use tracing_subscriber::layer::Identity;

    use super::{Settings, Span};

    pub(in crate::log) fn check(settings: &Settings) -> Result<(), String> {
        match settings.otlp_endpoint {
            None => Ok(()),
            Some(_) => Err(
                "log.otlp_endpoint: this build sends no traces: build it with `--features otlp`"
                    .to_owned(),
            ),
        }
    }

    pub(in crate::log) fn layer(_: &Settings) -> Option<Identity> {
        None
    }

    pub(in crate::log) fn stop() {}

    /// No span: no collector is configured.
    pub fn span(_: impl FnOnce() -> Span) -> Span {
        Span::none()
    }

    /// Nothing to continue.
    pub fn continue_from(_: &Span, _: Option<&str>, _: Option<&str>) {}

    /// No trace.
    #[must_use]
    pub fn traceparent(_: &Span) -> Option<String> {
        None
    }
}
