//! What can be typed after `upshot`.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use crate::{app::Depth, engine::Location};

/// Turns technical messages into language a business reader can act on.
#[derive(Debug, Parser)]
#[command(name = "upshot", version, max_term_width = 100)]
pub(super) struct Args {
    /// What to do; `serve` when nothing is said.
    #[command(subcommand)]
    pub(super) command: Option<Command>,
}

/// What the server is set up with.
const SETTINGS: &str = "\
Settings come from the environment and from the file upshot.toml in the folder it is started in:
  UPSHOT_LISTEN          address and port, 127.0.0.1:8080 without it
  UPSHOT_DATABASE_URL    the SQLite file, or postgres://…
  UPSHOT_PUBLIC_URL      how Slack and Teams reach this server
  UPSHOT_GLOSSARY_DIR    a folder with your own glossary
  UPSHOT_ADMIN_TOKEN     opens the glossary's pages and its API for changes
  SLACK_SIGNING_SECRET, SLACK_BOT_TOKEN
  MICROSOFT_APP_ID, MICROSOFT_APP_PASSWORD, MICROSOFT_APP_TENANT_ID
docs/settings.md has all of them, and `upshot doctor` tries them.";

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Answer Slack, the REST API and the playground (the default).
    #[command(after_help = SETTINGS)]
    Serve,
    /// Rewrite a message for a business reader.
    Rewrite(RewriteArgs),
    /// Explain a term, or answer a question about one.
    Explain(ExplainArgs),
    /// Check that a rewrite keeps every fact of its source: exit code 0 when it does, 1 when not.
    Verify(VerifyArgs),
    /// Say what a reader will trip over in drafts and pages: exit code 1 when one scores under --min-score.
    Check(CheckArgs),
    /// Look after the glossary.
    Glossary {
        #[command(subcommand)]
        command: GlossaryCommand,
    },
    /// Measure quality on a file of messages.
    Eval(EvalArgs),
    /// Print the manifest with which a platform sets the app up.
    Manifest {
        #[command(subcommand)]
        command: ManifestCommand,
    },
    /// Check settings, clock, glossary, database, address, Slack and Teams, and say what to mend.
    Doctor,
    /// Bring the database up to date.
    Migrate,
    /// Print a completion script for a shell.
    Completions {
        /// The shell.
        shell: Shell,
    },
}

#[derive(Debug, Subcommand)]
pub(super) enum ManifestCommand {
    /// For api.slack.com/apps, Create New App, From a manifest.
    Slack {
        /// The https address at which Slack reaches this server. With --socket it is for browsers that install the app, and
        /// may be left out.
        #[arg(long, required_unless_present = "socket")]
        url: Option<String>,
        /// For Socket Mode: this server needs no address, because it connects to Slack.
        #[arg(long)]
        socket: bool,
    },
    /// The app packages for Teams: one for the newest schema, one that every tenant accepts.
    Teams(TeamsManifestArgs),
}

#[derive(Debug, clap::Args)]
pub(super) struct TeamsManifestArgs {
    /// The https address at which Teams reaches this server.
    #[arg(long)]
    pub(super) url: String,
    /// The bot's application id; MICROSOFT_APP_ID when it is left out.
    #[arg(long, value_name = "ID")]
    pub(super) app_id: Option<String>,
    /// Ask owners of teams to let Upshot read the messages above a question (with TEAMS_READ_THREADS on the server).
    #[arg(long)]
    pub(super) reads_threads: bool,
    /// Give the app the tab Glossary, once Entra knows it as this command says without it.
    #[arg(long)]
    pub(super) tab: bool,
    /// The folder to write to.
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    pub(super) out: PathBuf,
}

#[derive(Debug, Subcommand)]
pub(super) enum GlossaryCommand {
    /// Check glossary and prompt files: exit code 1 and one line for each mistake when there are any.
    Lint(LintArgs),
    /// Say which words of a list can be explained: exit code 1 when a list has fewer than --min percent.
    Coverage(CoverageArgs),
    /// Count concepts, terms, phrases, fields, senses and examples.
    Stats(StatsArgs),
    /// Take a table, a glossary file or a Backstage catalogue into the database, all of it or nothing: exit code 1 when an entry is refused.
    Import(ImportArgs),
    /// Print entries as a table, as glossary files or for terminologists.
    Export(ExportArgs),
    /// Say what a file would change: exit code 1 when it would.
    Diff(DiffArgs),
    /// Rank the jargon of messages and pages that nobody has explained yet.
    Mine(MineArgs),
}

/// How a ranking is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum MineFormat {
    /// For people.
    Text,
    /// For programs: one object on one line.
    Json,
    /// For spreadsheets.
    Csv,
}

#[derive(Debug, clap::Args)]
pub(super) struct MineArgs {
    /// A Slack export (unpacked), or a file or folder of .json (Slack), .txt, .md and .csv files.
    pub(super) path: PathBuf,
    /// In how many messages a word must stand to be shown at all.
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) at_least: u32,
    /// The most words that are shown, the most frequent first.
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub(super) most: usize,
    /// How the ranking is written.
    #[arg(long, value_enum, default_value_t = MineFormat::Text)]
    pub(super) format: MineFormat,
    /// Write the shown words as drafts of entries into this new file.
    #[arg(long, value_name = "FILE")]
    pub(super) drafts: Option<PathBuf>,
}

/// A form in which entries are exchanged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ExchangeFormat {
    /// A table for spreadsheets.
    Csv,
    /// Glossary files.
    Yaml,
    /// TermBase eXchange, ISO 30042, in the dialect TBX-Basic.
    Tbx,
    /// The same in TBX-Core, which every tool reads and which carries ids, definitions, notes and terms alone.
    TbxCore,
    /// SKOS as Turtle.
    Skos,
}

/// A form in which entries are taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ImportFormat {
    /// A table of a spreadsheet.
    Csv,
    /// Glossary files.
    Yaml,
    /// TermBase eXchange, ISO 30042, in any dialect.
    Tbx,
    /// SKOS as Turtle.
    Skos,
    /// The descriptions of a Backstage catalogue (catalog-info.yaml): one file, or a folder in which all are looked for.
    Backstage,
}

/// Where entries come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum LayerName {
    /// Your folder and what was changed live.
    Own,
    /// What was changed live.
    Live,
    /// Your folder.
    Directory,
    /// What ships.
    Shipped,
    /// All of it.
    All,
}

#[derive(Debug, clap::Args)]
pub(super) struct ImportArgs {
    /// The file; - for standard input. A folder is searched for the files of a Backstage catalogue.
    pub(super) file: PathBuf,
    /// What the file is, where its name does not tell.
    #[arg(long = "as", value_enum, value_name = "FORM")]
    pub(super) as_format: Option<ImportFormat>,
    /// Say what would be done, and do nothing.
    #[arg(long, conflicts_with = "approve")]
    pub(super) dry_run: bool,
    /// Make answers with the entries at once instead of keeping them as drafts.
    #[arg(long)]
    pub(super) approve: bool,
    /// Leave out entries that somebody is working on, instead of refusing the file.
    #[arg(long)]
    pub(super) keep_drafts: bool,
    /// Why, for the history.
    #[arg(long, value_name = "TEXT")]
    pub(super) reason: Option<String>,
    /// How the report is written.
    #[arg(long, value_enum, default_value_t = VerifyFormat::Text)]
    pub(super) format: VerifyFormat,
}

#[derive(Debug, clap::Args)]
pub(super) struct ExportArgs {
    /// How entries are written.
    #[arg(long, value_enum, default_value_t = ExchangeFormat::Yaml)]
    pub(super) format: ExchangeFormat,
    /// Write a file for each entry below this folder, for version control, and remove those of entries that are gone. The folder
    /// can be your UPSHOT_GLOSSARY_DIR.
    #[arg(long, value_name = "FOLDER", conflicts_with = "format")]
    pub(super) git: Option<PathBuf>,
    /// Which entries.
    #[arg(long, value_enum, default_value_t = LayerName::Own)]
    pub(super) layer: LayerName,
}

#[derive(Debug, clap::Args)]
pub(super) struct DiffArgs {
    /// The file; - for standard input.
    pub(super) file: PathBuf,
    /// What the file is, where its name does not tell.
    #[arg(long = "as", value_enum, value_name = "FORM")]
    pub(super) as_format: Option<ImportFormat>,
    /// How the report is written.
    #[arg(long, value_enum, default_value_t = VerifyFormat::Text)]
    pub(super) format: VerifyFormat,
}

/// How an answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people.
    Text,
    /// For a document.
    Markdown,
    /// For programs: one object on one line.
    Json,
    /// A Slack message as JSON.
    Slack,
    /// A Teams message with a card as JSON.
    Teams,
}

#[derive(Debug, clap::Args)]
pub(super) struct RewriteArgs {
    /// The message; standard input when it is left out.
    pub(super) text: Option<String>,
    /// Who will read it, for example sales.
    #[arg(long = "for", value_name = "AUDIENCE")]
    pub(super) reader: Option<String>,
    /// How the answer is written.
    #[arg(long, value_enum)]
    pub(super) format: Option<Format>,
    /// Where it was written, for entries of one place: slack:T0123/C0456, teams:TENANT/ID, or a whole workspace.
    #[arg(long, value_name = "PLACE", value_parser = Location::at)]
    pub(super) place: Option<Location>,
    /// Read lines of {"id","text","for"?} and write one JSON line for each.
    #[arg(long, conflicts_with = "text")]
    pub(super) batch: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct ExplainArgs {
    /// The term, or a whole question; several words need no quotes.
    #[arg(required_unless_present = "batch", num_args = 1..)]
    pub(super) query: Vec<String>,
    /// The message in which the term stood.
    #[arg(long, value_name = "TEXT")]
    pub(super) context: Option<String>,
    /// Who asks, for example sales.
    #[arg(long = "for", value_name = "AUDIENCE")]
    pub(super) reader: Option<String>,
    /// How much is told: one sentence, a paragraph, or all with an example (the default).
    #[arg(long, value_enum)]
    pub(super) depth: Option<DepthName>,
    /// How the answer is written.
    #[arg(long, value_enum)]
    pub(super) format: Option<Format>,
    /// Where it was written, for entries of one place: slack:T0123/C0456, teams:TENANT/ID, or a whole workspace.
    #[arg(long, value_name = "PLACE", value_parser = Location::at)]
    pub(super) place: Option<Location>,
    /// Read lines of {"id","query","context"?,"for"?,"depth"?} and write one JSON line for each.
    #[arg(long, conflicts_with_all = ["query", "context"])]
    pub(super) batch: bool,
}

/// How much of an explanation is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum DepthName {
    /// One plain sentence.
    Line,
    /// What it is, why it matters, what it means in the message.
    Paragraph,
    /// The same with an example and related terms.
    Example,
}

impl From<DepthName> for Depth {
    fn from(name: DepthName) -> Self {
        match name {
            DepthName::Line => Self::Line,
            DepthName::Paragraph => Self::Paragraph,
            DepthName::Example => Self::Example,
        }
    }
}

#[derive(Debug, clap::Args)]
pub(super) struct VerifyArgs {
    /// The original message; - for standard input.
    #[arg(long, value_name = "FILE")]
    pub(super) source: PathBuf,
    /// The rewrite to check; - for standard input.
    #[arg(long, value_name = "FILE")]
    pub(super) candidate: PathBuf,
    /// Where the original was written, for entries of one place: slack:T0123/C0456, teams:TENANT/ID, or a whole workspace.
    #[arg(long, value_name = "PLACE", value_parser = Location::at)]
    pub(super) place: Option<Location>,
    /// How the answer is written.
    #[arg(long, value_enum, default_value_t = VerifyFormat::Text)]
    pub(super) format: VerifyFormat,
}

/// How a judgement is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum VerifyFormat {
    /// For people.
    Text,
    /// For programs: one object on one line.
    Json,
}

#[derive(Debug, clap::Args)]
pub(super) struct CheckArgs {
    /// Drafts and pages; - or none for standard input.
    #[arg(value_name = "FILE")]
    pub(super) files: Vec<PathBuf>,
    /// Who will read them, for example sales.
    #[arg(long = "for", value_name = "AUDIENCE")]
    pub(super) reader: Option<String>,
    /// The lowest score that is good enough, from 0 to 100.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(..=100))]
    pub(super) min_score: Option<u8>,
    /// What the files are; Markdown files are pages and all others messages when it is left out.
    #[arg(long = "as", value_enum, value_name = "KIND")]
    pub(super) kind: Option<DraftKind>,
    /// How the answer is written.
    #[arg(long, value_enum, default_value_t = VerifyFormat::Text)]
    pub(super) format: VerifyFormat,
}

/// What a draft is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum DraftKind {
    /// Sent to people: should say what it means for them, what is wanted, and when.
    Message,
    /// Looked things up in: only words and sentences are judged.
    Page,
}

#[derive(Debug, clap::Args)]
pub(super) struct LintArgs {
    /// A folder of glossary files instead of UPSHOT_GLOSSARY_DIR, or one such file.
    pub(super) path: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(super) struct CoverageArgs {
    /// Lists of words, one a line, or tables with the words in the first column; - for standard input.
    #[arg(value_name = "FILE", required = true)]
    pub(super) files: Vec<PathBuf>,
    /// The lowest percentage that is good enough, from 0 to 100.
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(..=100))]
    pub(super) min: Option<u8>,
    /// How the answer is written.
    #[arg(long, value_enum, default_value_t = VerifyFormat::Text)]
    pub(super) format: VerifyFormat,
}

#[derive(Debug, clap::Args)]
pub(super) struct StatsArgs {
    /// List the ambiguous terms with their senses.
    #[arg(long)]
    pub(super) ambiguous: bool,
    /// How the answer is written.
    #[arg(long, value_enum, default_value_t = VerifyFormat::Text)]
    pub(super) format: VerifyFormat,
}

#[derive(Debug, clap::Args)]
pub(super) struct EvalArgs {
    /// A file of messages, one JSON object a line: {"id","text","audience"?,"jargon"?,"asks"?}.
    pub(super) corpus: PathBuf,
    /// How the figures are written.
    #[arg(long, value_enum, default_value_t = VerifyFormat::Text)]
    pub(super) format: VerifyFormat,
}
