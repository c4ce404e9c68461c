//! What tests with many cases share: files of cases, made-up numbers, and how failures are told.

use serde::de::DeserializeOwned;

/// The files of cases below `tests/engine`, by name.
pub(crate) fn case_files<T: DeserializeOwned>(folder: &str) -> Vec<(String, T)> {
    let folder = format!("{}/tests/engine/{folder}", env!("CARGO_MANIFEST_DIR"));
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .expect("the folder of cases is there")
        .map(|entry| entry.expect("it can be listed").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml"))
        .collect();
    paths.sort();
    paths
        .into_iter()
        .map(|path| {
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let text = std::fs::read_to_string(&path).expect("a case file can be read");
            let cases =
                serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{name} is not well formed: {error}"));
            (name, cases)
        })
        .collect()
}

/// A small generator of numbers, so that every run makes the same messages.
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or_default() % limit.max(1)
    }

    pub(crate) fn pick<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.below(list.len())]
    }
}

/// Panics with the first of the failures when there are any.
pub(crate) fn assert_none(failures: &[String]) {
    assert!(
        failures.is_empty(),
        "{} failures, the first of them:\n{}",
        failures.len(),
        failures[..failures.len().min(12)].join("\n")
    );
}
