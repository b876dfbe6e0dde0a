//! A small provincial service: what the kiosk's client is built and tested against.
//!
//! `openapi.yaml` beside this crate is the contract, in the field names of the national exchange.
//! Dossiers are created once per `Idempotency-Key`, their files come by tus 1.0, a hand-over with
//! the hashes gives them their code. All is kept in SQLite and files and survives `kill -9`.
//!
//! Under `/admin` it can be told to fail and asked what it has. It has no login and no TLS: it is
//! for development, and never stands where citizens' papers are real.

mod admin;
mod appointment;
mod catalogue;
mod clock;
mod dossiers;
mod drafts;
mod faults;
mod files;
mod filing;
mod following;
mod intake;
mod line;
pub mod many;
pub mod national;
mod paper;
mod payments;
mod post;
mod problem;
mod revision;
mod satisfaction;
mod schema;
mod signings;
mod store;

use std::{path::Path, sync::Arc};

use anyhow::Context as _;
use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware,
    routing::{get, post},
};
use tokio::net::TcpListener;

pub use catalogue::sample_catalogue;
pub use schema::form_schema;

use crate::{
    catalogue::Catalogue, dossiers::InProgress, faults::Faults, line::Line, line::Lines, payments::Oddities,
    signings::Phones, store::Store,
};

type Shared = Arc<Province>;

struct Province {
    store: Store,
    catalogue: Catalogue,
    in_progress: InProgress,
    faults: Faults,
    oddities: Oddities,
    phones: Phones,
}

/// Serves until the task is dropped or the listener breaks.
///
/// # Errors
/// If the data folder cannot be opened.
pub async fn serve(listener: TcpListener, data_dir: &Path) -> anyhow::Result<()> {
    serve_catalogue(listener, data_dir, Catalogue::sample()?, None).await
}

/// As [`serve`]; whoever is asked to sign on a telephone has done so after so many seconds.
///
/// # Errors
/// If the data folder cannot be opened.
pub async fn serve_signing(listener: TcpListener, data_dir: &Path, sign_after_secs: i64) -> anyhow::Result<()> {
    serve_catalogue(listener, data_dir, Catalogue::sample()?, Some(sign_after_secs)).await
}

/// As [`serve`], with so many procedures instead of the samples alone.
///
/// # Errors
/// If the data folder cannot be opened, or so many procedures cannot be made.
pub async fn serve_many(listener: TcpListener, data_dir: &Path, procedures: usize) -> anyhow::Result<()> {
    serve_catalogue(listener, data_dir, Catalogue::of_many(procedures)?, None).await
}

async fn serve_catalogue(
    listener: TcpListener,
    data_dir: &Path,
    catalogue: Catalogue,
    sign_after_secs: Option<i64>,
) -> anyhow::Result<()> {
    let shared = Arc::new(Province {
        store: Store::open(data_dir)?,
        catalogue,
        in_progress: InProgress::default(),
        faults: Faults::default(),
        oddities: Oddities::default(),
        phones: Phones::answering_after(sign_after_secs),
    });

    let service = router(shared).into_make_service_with_connect_info::<Line>();
    axum::serve(Lines(listener), service)
        .await
        .context("Cannot go on listening")
}

fn router(shared: Shared) -> Router {
    let v1 = Router::new()
        .route("/catalogue", get(catalogue::catalogue))
        .route("/procedures/{code}/form-schema", get(schema::published))
        .route("/dossiers", post(dossiers::create))
        .route("/dossiers/{id}", get(dossiers::state))
        .route("/dossiers/{id}/hand-over", post(dossiers::hand_over))
        .route("/dossiers/{id}/supplements", post(following::supplement))
        .route("/dossiers/{id}/withdrawal", post(following::withdraw))
        .route("/dossiers/{code}/appointment", post(appointment::form_01))
        .route("/persons/dossiers", post(following::of_person))
        .route("/satisfaction", post(satisfaction::take))
        .route("/dossiers/{id}/payments", post(payments::begin))
        .route("/payments/{reference}", get(payments::state))
        .route("/signings", post(signings::begin))
        .route("/signings/{id}", get(signings::state).delete(signings::take_back))
        .route(
            "/drafts/{id}",
            get(drafts::fetch)
                .head(drafts::head)
                .put(drafts::put)
                .patch(drafts::patch)
                .delete(drafts::drop_it),
        )
        .route("/drafts/{id}/open", post(drafts::open).delete(drafts::release))
        .route("/files", post(files::create).options(files::options))
        .route(
            "/files/{id}",
            axum::routing::head(files::head)
                .patch(files::patch)
                .delete(files::terminate),
        )
        .layer(middleware::from_fn_with_state(shared.clone(), faults::apply))
        .layer(DefaultBodyLimit::disable());

    Router::new()
        .nest("/v1", v1)
        .route("/admin/faults", post(faults::set).get(faults::shown))
        .route("/admin/satisfaction", get(satisfaction::shown))
        .route("/pay/{reference}", get(payments::page).post(payments::press))
        .route("/admin/payments", get(payments::all).post(payments::be_odd))
        .route("/admin/payments/{reference}", post(payments::settle))
        .route("/admin/signings", get(signings::all).post(signings::be_odd))
        .route("/admin/signings/{transaction}", post(signings::answer))
        .route("/admin/drafts", get(drafts::listed))
        .route("/admin/drafts/{id}/expire", post(drafts::expire))
        .route("/admin/dossiers", get(admin::dossiers))
        .route("/admin/requests", get(admin::requests))
        .route("/admin/dossiers/count", get(admin::count))
        .route("/admin/dossiers/{code}/state", post(admin::set_state))
        .route("/admin/dossiers/{code}/expire-uploads", post(admin::expire))
        .fallback(|| async { problem::Problem::not_found("Không có đường dẫn này.") })
        .with_state(shared)
}
