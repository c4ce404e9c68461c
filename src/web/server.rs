//! Starting and stopping.

use std::{error::Error, fmt, future::Future, io, net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, serve::ListenerExt};
use tokio::net::TcpListener;

use super::{
    attempts::Attempts,
    desk::{Desk, Told},
    folders::Folders,
    rates::Rates,
    router::router,
};
use crate::{
    app::{
        App,
        curation::{CurationError, NamedPlaces},
    },
    clock::{Clock, Stopwatch},
    config::{Secret, Settings},
    content::{LoadError, Watch},
    engine::{Content, Engine},
    jobs::Workers,
    platforms::{
        ClientError,
        slack::{self, Slack},
        teams::Teams,
    },
    store::{SealedAgain, Store, StoreError},
};

/// Open requests get this long to finish after the order to stop, and answers on their way to a platform as long again.
/// Together they stay under the five seconds after which an orchestrator may lose patience.
const GRACE: Duration = Duration::from_secs(2);

/// Texts are promised to be gone after an hour; a minute more does not break the promise's spirit.
const CLEAN_UP_EVERY: Duration = Duration::from_secs(60);

/// What was met and is not written down yet is lost when the process is killed.
const NOTE_EVERY: Duration = Duration::from_secs(30);
/// At the end there is this long for it.
const NOTE_AT_END: Duration = Duration::from_millis(800);

/// An approved change is in the answers of every process within two seconds, whether or not the database tells of it; the
/// process that published it does not wait.
const FOLLOW_EVERY: Duration = Duration::from_millis(500);

/// Between two looks at the organisation's folders. What changes there is in answers after the second look that finds the same.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// What cannot be built now can hardly be built half a second later, and each attempt takes a processor for a while.
const REBUILD_EVERY: Duration = Duration::from_secs(30);

/// The server did not start.
#[derive(Debug)]
pub enum StartError {
    /// The glossary or the prompts cannot be used.
    Content(LoadError),
    /// The database cannot be used.
    Store(StoreError),
    /// A platform cannot be called.
    Client(ClientError),
    /// The address cannot be listened on.
    Listen(SocketAddr, io::Error),
}

impl fmt::Display for StartError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Content(error) => write!(formatter, "{error}"),
            Self::Store(error) => {
                write!(formatter, "{error}: check UPSHOT_DATABASE_URL and that the folder can be written to")
            }
            Self::Client(error) => write!(formatter, "{error}"),
            Self::Listen(address, error) => write!(
                formatter,
                "{address} cannot be listened on ({error}): stop the other program or set UPSHOT_LISTEN"
            ),
        }
    }
}

impl Error for StartError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Content(error) => Some(error),
            Self::Store(error) => Some(error),
            Self::Client(error) => Some(error),
            Self::Listen(_, error) => Some(error),
        }
    }
}

/// A server that has its address but does not answer yet.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    router: Router,
    app: Arc<App>,
    slack: Arc<Slack>,
    teams: Arc<Teams>,
    clock: Clock,
    link_code: Option<Secret>,
    /// Folders that are looked at while the server runs.
    folders: Option<Folders>,
}

impl Server {
    /// Loads the content, opens the database and takes the address.
    ///
    /// # Errors
    /// One of these did not work.
    pub async fn start(settings: &Settings, clock: Clock) -> Result<Self, StartError> {
        let (watch, content) = Watch::start(&settings.content).map_err(StartError::Content)?;
        let mut server = Self::start_over(content, settings, clock).await?;
        if settings.content.has_folders() {
            server.folders = Some(Folders::new(Arc::clone(&server.app), watch, clock));
        }
        Ok(server)
    }

    /// The same with this content instead of what ships and what lies in folders: for tests and embedding.
    ///
    /// # Errors
    /// One of these did not work.
    pub async fn start_over(content: Content, settings: &Settings, clock: Clock) -> Result<Self, StartError> {
        let mistakes = |mistakes| StartError::Content(LoadError::Mistakes(mistakes));
        let watch = Stopwatch::start();
        let engine = Engine::build(&content).map_err(mistakes)?;
        let build_ms = watch.elapsed_us() / 1000;
        let store = Store::open(&settings.database, &settings.encryption).await.map_err(StartError::Store)?;
        // What expired while nobody was running is erased before anything else; deliveries are ended by the workers, who know
        // whom to tell.
        store.erase_expired_at_start(clock.now()).await.map_err(StartError::Store)?;
        if settings.encryption.keys.len() > 1 {
            use_the_first_key(&store).await.map_err(StartError::Store)?;
        }
        let named = NamedPlaces {
            slack: settings.slack.bot_token.is_some(),
            own_tenant: settings.teams.own_tenant.clone(),
            microsoft: settings.teams.is_set_up(),
        };
        let mut app =
            App::new(content, Arc::new(engine), store).serving(named).with_pages_at(settings.server.public_url.clone());
        if !settings.glossary.counts_unknown_words {
            app = app.without_gaps();
            // What was counted before goes as well.
            app.store().forget_gaps().await.map_err(StartError::Store)?;
        }
        app.note_build(build_ms);
        let app = Arc::new(app);
        // Live changes that cannot be used are no reason not to start: answers are made without them.
        if let Err(error) = app.publish().await {
            tracing::error!(error = &error as &dyn Error, "live changes of the glossary are not in use");
        }
        let slack = Slack::new(Arc::clone(&app), &settings.slack, clock).map_err(StartError::Client)?;
        let slack = Arc::new(slack);
        let teams = Teams::new(Arc::clone(&app), &settings.teams, clock).map_err(StartError::Client)?;
        let teams = Arc::new(teams);
        let listen = settings.server.listen;
        let listener = TcpListener::bind(listen).await.map_err(|error| StartError::Listen(listen, error))?;
        let public = settings.server.public_address();
        let told = Told { settings: settings.told.clone(), database: format!("{:?}", settings.database) };
        let desk = Desk::new(Arc::clone(&app), clock, settings.server.admin_token.clone(), public, told);
        // On one's own machine a link is enough; where others can connect, be it through a proxy, it would be a secret in
        // somebody's log.
        let is_private = listen.ip().is_loopback() && settings.server.public_url.is_none();
        let link_code = if is_private { desk.make_link_code() } else { None };
        let desk = Arc::new(desk);
        let rates = Rates::new(Arc::clone(&desk), settings.server.api_rate);
        let attempts = Attempts::new(clock);
        let router = router(Arc::clone(&app), Arc::clone(&slack), Arc::clone(&teams), desk, attempts, rates, clock);
        Ok(Self { listener, router, app, slack, teams, clock, link_code, folders: None })
    }

    /// The address that was taken.
    ///
    /// # Errors
    /// The operating system does not say.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// A link that signs one person in to the glossary's pages, once and soon. There is none where others than this machine
    /// can connect, by the address or by the public one.
    #[must_use]
    pub fn sign_in_link(&self) -> Option<String> {
        let code = self.link_code.as_ref()?.expose();
        Some(format!("http://{}/glossary/sign-in?code={code}", self.address().ok()?))
    }

    /// Answers requests until `stop` is done, then lets open ones finish.
    ///
    /// # Errors
    /// Connections can no longer be accepted.
    pub async fn run_until(self, stop: impl Future<Output = ()> + Send + 'static) -> io::Result<()> {
        let workers =
            Workers::start(Arc::clone(&self.app), Arc::clone(&self.slack), Arc::clone(&self.teams), self.clock);
        let teams = Arc::clone(&self.teams);
        let warming_up = tokio::spawn(async move { teams.warm_up().await });
        let engine = self.app.engine();
        tokio::task::spawn_blocking(move || engine.warm_up());
        let clean_up = tokio::spawn(erase_expired_texts(Arc::clone(&self.app), self.clock));
        let noting = tokio::spawn(note_what_is_met(Arc::clone(&self.app)));
        let following = tokio::spawn(follow_the_glossary(Arc::clone(&self.app)));
        let listening = tokio::spawn(listen_for_publications(Arc::clone(&self.app)));
        let looking = self.folders.map(|folders| tokio::spawn(look_at_folders(folders)));
        let (stopping, mut stopped) = tokio::sync::watch::channel(false);
        let sockets = tokio::spawn(slack::stay_connected(Arc::clone(&self.slack), stopped.clone()));
        let sockets_end = sockets.abort_handle();
        let all_stop = stopping.clone();
        let stop = async move {
            stop.await;
            // The receiver lives as long as this function.
            let _ = stopping.send(true);
        };
        // Answers are small and complete when they are written; waiting to fill a packet only delays them.
        let listener = self.listener.tap_io(|connection| {
            if let Err(error) = connection.set_nodelay(true) {
                tracing::debug!(error = &error as &dyn Error, "a connection keeps its small delay");
            }
        });
        let serving = axum::serve(listener, self.router.into_make_service_with_connect_info::<SocketAddr>())
            .with_graceful_shutdown(stop);
        let serving = async {
            let result = serving.await;
            // It may have ended by itself.
            let _ = all_stop.send(true);
            if let Err(error) = sockets.await {
                tracing::error!(error = &error as &dyn Error, "Slack's connections ended early");
            }
            result
        };
        let grace_is_over = async {
            // An error means that serving has ended by itself, and then the other branch has won.
            let _ = stopped.wait_for(|stopped| *stopped).await;
            tokio::time::sleep(GRACE).await;
        };
        let result = tokio::select! {
            result = serving => result,
            () = grace_is_over => Ok(()),
        };
        sockets_end.abort();
        // Who pressed a button shortly before still gets the answer.
        let watch = Stopwatch::start();
        let _ = tokio::time::timeout(GRACE, self.slack.finish_deliveries()).await;
        workers.finish(GRACE.saturating_sub(Duration::from_micros(watch.elapsed_us()))).await;
        match tokio::time::timeout(NOTE_AT_END, self.app.note_all_that_was_met()).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(error = &error as &dyn Error, "what was met lately is not counted"),
            Err(_) => tracing::warn!("what was met lately is not counted: the database takes too long"),
        }
        noting.abort();
        clean_up.abort();
        following.abort();
        listening.abort();
        if let Some(looking) = looking {
            looking.abort();
        }
        warming_up.abort();
        self.app.store().close().await;
        result
    }
}

/// Encrypts what is kept under the first of several keys, and says when the others are not needed any more.
async fn use_the_first_key(store: &Store) -> Result<(), StoreError> {
    let SealedAgain { again, unreadable } = store.seal_again().await?;
    if unreadable == 0 {
        tracing::info!(
            again,
            "all installations are encrypted under the first key of UPSHOT_ENCRYPTION_KEY: once every instance has started with \
             it, the other keys may go"
        );
    } else {
        tracing::error!(
            again,
            unreadable,
            "some installations are encrypted under a key that is not in UPSHOT_ENCRYPTION_KEY: add that key, or install the app \
             there again"
        );
    }
    Ok(())
}

/// Writes down what was met while messages were rewritten. A failure is told once, not every time.
async fn note_what_is_met(app: Arc<App>) {
    let mut is_failing = false;
    loop {
        tokio::time::sleep(NOTE_EVERY).await;
        let noted = app.note_what_was_met().await;
        if let Err(error) = &noted
            && !is_failing
        {
            tracing::warn!(error = error as &dyn Error, "what was met is held until the database answers");
        }
        is_failing = noted.is_err();
    }
}

/// Notices what other processes published, and publishes again what could not be published. A failure is told once, not
/// every time.
async fn follow_the_glossary(app: Arc<App>) {
    let (mut pause, mut is_failing) = (FOLLOW_EVERY, false);
    loop {
        tokio::time::sleep(pause).await;
        let published = app.publish().await;
        if let Err(error) = &published
            && !is_failing
        {
            tracing::warn!(error = error as &dyn Error, "the latest changes of the glossary are not in use yet");
        }
        is_failing = published.is_err();
        pause = if matches!(published, Err(CurationError::Broken(_))) { REBUILD_EVERY } else { FOLLOW_EVERY };
    }
}

/// Publishes at once what the database tells of. Its failures are told by [`follow_the_glossary`], which tries again.
async fn listen_for_publications(app: Arc<App>) {
    let mut publications = app.store().publications();
    let mut is_deaf = false;
    loop {
        let heard = publications.next().await;
        if let Err(error) = &heard {
            if !is_deaf {
                tracing::warn!(error = error as &dyn Error, "the database is asked for changes instead of listened to");
            }
            tokio::time::sleep(FOLLOW_EVERY).await;
        } else if let Err(error) = app.publish().await {
            tracing::debug!(error = &error as &dyn Error, "a change that was heard of is not in use yet");
        }
        is_deaf = heard.is_err();
    }
}

async fn look_at_folders(mut folders: Folders) {
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        folders.step().await;
    }
}

async fn erase_expired_texts(app: Arc<App>, clock: Clock) {
    loop {
        tokio::time::sleep(CLEAN_UP_EVERY).await;
        match app.store().erase_expired(clock.now()).await {
            Ok(0) => {}
            Ok(count) => tracing::debug!(count, "expired texts were erased"),
            Err(error) => tracing::warn!(error = &error as &dyn Error, "expired texts were not erased"),
        }
    }
}
