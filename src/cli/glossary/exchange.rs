//! `upshot glossary import`, `export` and `diff`: the glossary of the database as a file, with the same checks and the same
//! report as over HTTP. A server that runs over the same database answers with what was approved within two seconds.

use std::{
    io::{self, Write},
    path::Path,
    process::ExitCode,
    sync::Arc,
};

use super::{
    super::{
        Failure, Outcome,
        args::{DiffArgs, ExchangeFormat, ExportArgs, ImportArgs, ImportFormat, LayerName, VerifyFormat},
        gate, input,
        serve::runtime,
    },
    catalogue, git,
    progress::Steps,
};
use crate::{
    app::{
        App,
        curation::{
            Change, Curator, Exchange, IMPORT_REASON, Import, ImportMode, ImportReport, Layer, LineOutcome, OpenDrafts,
            Reach, Role, Source,
        },
    },
    clock::Clock,
    config::{ContentSettings, Settings},
    content,
    engine::{Content, Engine},
    store::Store,
};

/// Who may run the program over the database may do everything with it.
const NAME: &str = "command line";

impl From<ExchangeFormat> for Exchange {
    fn from(format: ExchangeFormat) -> Self {
        match format {
            ExchangeFormat::Csv => Self::Csv,
            ExchangeFormat::Yaml => Self::Yaml,
            ExchangeFormat::Tbx => Self::Tbx,
            ExchangeFormat::TbxCore => Self::TbxCore,
            ExchangeFormat::Skos => Self::Skos,
        }
    }
}

impl From<ImportFormat> for Exchange {
    fn from(format: ImportFormat) -> Self {
        match format {
            ImportFormat::Csv => Self::Csv,
            ImportFormat::Yaml => Self::Yaml,
            ImportFormat::Tbx => Self::Tbx,
            ImportFormat::Skos => Self::Skos,
            ImportFormat::Backstage => Self::Backstage,
        }
    }
}

/// The application over the database of the settings.
async fn app() -> Result<Arc<App>, Failure> {
    let settings = Settings::load()?;
    let content = content::files(&settings.content)?;
    // Nobody is answered here, so an engine without a glossary will do; entries are checked with engines of their own.
    let files = content.files.iter().filter(|file| file.path.starts_with("prompts/")).cloned().collect();
    let engine = Engine::build(&Content { files }).map_err(content::LoadError::Mistakes)?;
    let store = Store::open(&settings.database, &settings.encryption).await?;
    Ok(Arc::new(App::new(content, Arc::new(engine), store).answering_nobody()))
}

pub(super) fn export(args: &ExportArgs) -> Outcome {
    let layers: &[Layer] = match args.layer {
        LayerName::Own => &Layer::OWN,
        LayerName::Live => &[Layer::Live],
        LayerName::Directory => &[Layer::Directory],
        LayerName::Shipped => &[Layer::Shipped],
        LayerName::All => &Layer::ALL,
    };
    if let Some(folder) = &args.git {
        let present = match folder.is_dir() {
            true => content::files(&ContentSettings { glossary_dir: Some(folder.clone()), prompts_dir: None })?,
            false => Content::default(),
        };
        let files =
            runtime()?.block_on(async { Ok::<_, Failure>(app().await?.files_for_git(layers, &present).await?) })?;
        return git::write(folder, &files);
    }
    let text = runtime()?.block_on(async {
        Ok::<_, Failure>(app().await?.export(&Reach::Everything, args.format.into(), layers).await?)
    })?;
    io::stdout().write_all(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

pub(super) fn import(args: &ImportArgs) -> Outcome {
    let mode = ImportMode::of(args.dry_run, args.approve);
    let reason = args.reason.as_deref().unwrap_or(IMPORT_REASON);
    let open_drafts = if args.keep_drafts { OpenDrafts::Keep } else { OpenDrafts::Refuse };
    let report = take_in(&args.file, args.as_format, (mode, open_drafts), reason)?;
    tell(&report, args.format, mode)?;
    Ok(if report.refused > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

pub(super) fn diff(args: &DiffArgs) -> Outcome {
    let report = take_in(&args.file, args.as_format, (ImportMode::DryRun, OpenDrafts::Refuse), "")?;
    tell(&report, args.format, ImportMode::DryRun)?;
    let is_same = report.created + report.updated + report.refused == 0;
    Ok(if is_same { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn take_in(
    path: &Path,
    format: Option<ImportFormat>,
    (mode, open_drafts): (ImportMode, OpenDrafts),
    reason: &str,
) -> Result<ImportReport, Failure> {
    let told = match format {
        Some(format) => Some(format.into()),
        None if path.is_dir() => Some(Exchange::Backstage),
        None => Exchange::of_file(&path.to_string_lossy()),
    };
    let format =
        told.ok_or_else(|| Failure::Usage("say what the file is: --as csv, yaml, tbx, skos or backstage".to_owned()))?;
    let files = if format == Exchange::Backstage && path.is_dir() {
        catalogue::files(path)?
    } else {
        vec![(None, input::strictly(path).map_err(Failure::Usage)?.1)]
    };
    let sources: Vec<Source<'_>> = files.iter().map(|(name, text)| Source { name: name.as_deref(), text }).collect();
    runtime()?.block_on(async {
        let app = app().await?;
        let curator = Curator { name: NAME.to_owned(), role: Role::Admin, reach: Reach::Everything };
        let change = Change { curator: &curator, seen: None, reason, now: Clock::System.now() };
        let steps = Steps::new();
        let import = Import { format, sources: &sources, mode, open_drafts, progress: &|step| steps.tell(step) };
        let report = app.import(change, import).await;
        steps.end();
        app.store().close().await;
        Ok(report?)
    })
}

fn tell(report: &ImportReport, format: VerifyFormat, mode: ImportMode) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    if format == VerifyFormat::Json {
        out.write_all(gate::json_line(report).map_err(|error| anyhow::anyhow!(error))?.as_bytes())?;
        return Ok(());
    }
    for line in report.lines.iter().filter(|line| line.outcome != LineOutcome::Unchanged) {
        let word = line.outcome.word();
        let fields = if line.fields.is_empty() { String::new() } else { format!(" ({})", line.fields.join(", ")) };
        let file = line.file.as_ref().map(|file| format!("{file}, ")).unwrap_or_default();
        writeln!(out, "{file}line {}: {word} {}{fields}", line.line, line.id)?;
        if !line.erases.is_empty() {
            writeln!(out, "    erases: {}", line.erases.join(", "))?;
        }
        for message in &line.messages {
            writeln!(out, "    {message}")?;
        }
    }
    let ImportReport { created, updated, unchanged, kept, refused, .. } = report;
    let left_out = if *kept > 0 { format!("{kept} left out, ") } else { String::new() };
    let done = match (report.is_written, mode) {
        (true, ImportMode::Approved) if report.is_waiting => " They are stored and will be in answers shortly.",
        (true, ImportMode::Approved) => " They are in answers now.",
        (true, _) => " They are drafts until they are approved.",
        (false, _) if *refused > 0 => " Nothing was written.",
        (false, _) => "",
    };
    writeln!(out, "{created} new, {updated} changed, {unchanged} unchanged, {left_out}{refused} refused.{done}")?;
    Ok(())
}
