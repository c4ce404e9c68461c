//! Notices that an organisation's folders have changed while everything runs.
//!
//! Names, lengths and times of change are compared at each look, which costs a moment even for thousands of files and works on
//! every file system, also on those that are mounted from elsewhere and tell nobody what happens in them. Editors and version
//! control write a file in several steps and many files one after the other, so nothing is read before two looks in a row have
//! found the same.

use std::{
    fs,
    path::{Path, PathBuf},
    time::SystemTime,
};

use super::{LoadError, files, is_content, is_hidden};
use crate::{config::ContentSettings, engine::Content};

/// What a look at the folders found.
#[derive(Debug)]
pub enum Look {
    /// They are as they were told last.
    Same,
    /// Something is happening in them; the next look tells.
    Moving,
    /// They are still, and hold this.
    Changed(Content),
    /// They are still, and cannot be read.
    Unreadable(LoadError),
}

/// Each file of content with its time of change and its length; where these cannot be read, nothing stands in their place.
type State = Vec<(PathBuf, Option<(SystemTime, u64)>)>;

/// The folders as they were seen last.
#[derive(Debug)]
pub struct Watch {
    settings: ContentSettings,
    /// As they were when their content was told last; nothing when that has to be told anew.
    told: Option<State>,
    seen: State,
}

impl Watch {
    /// Reads the content, and notices from now on what becomes of it.
    ///
    /// # Errors
    /// A file cannot be read.
    pub fn start(settings: &ContentSettings) -> Result<(Self, Content), LoadError> {
        // Before they are read, so that what is written meanwhile is noticed.
        let seen = state(settings);
        let content = files(settings)?;
        Ok((Self { settings: settings.clone(), told: Some(seen.clone()), seen }, content))
    }

    /// Looks at the folders.
    pub fn look(&mut self) -> Look {
        let now = state(&self.settings);
        if now != self.seen {
            self.seen = now;
            return Look::Moving;
        }
        if self.told.as_ref() == Some(&now) {
            return Look::Same;
        }
        let content = files(&self.settings);
        let afterwards = state(&self.settings);
        if afterwards != now {
            self.seen = afterwards;
            return Look::Moving;
        }
        match content {
            Ok(content) => {
                self.told = Some(now);
                Look::Changed(content)
            }
            // Who mends permissions changes no time, so this is tried at each look.
            Err(error) => {
                self.told = None;
                Look::Unreadable(error)
            }
        }
    }

    /// Lets the next look tell the content anew, because nothing could be done with it.
    pub fn tell_again(&mut self) {
        self.told = None;
    }
}

fn state(settings: &ContentSettings) -> State {
    let mut state = State::new();
    for folder in [&settings.glossary_dir, &settings.prompts_dir].into_iter().flatten() {
        note(folder, &mut state);
    }
    state
}

fn note(folder: &Path, state: &mut State) {
    let Ok(entries) = fs::read_dir(folder) else { return state.push((folder.to_path_buf(), None)) };
    let mut entries: Vec<_> = entries.flatten().collect();
    entries.sort_by_key(fs::DirEntry::file_name);
    for path in entries.iter().filter(|entry| !is_hidden(entry)).map(fs::DirEntry::path) {
        if path.is_dir() {
            note(&path, state);
        } else if is_content(&path) {
            let about = fs::metadata(&path).ok();
            state.push((path, about.and_then(|about| Some((about.modified().ok()?, about.len())))));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{env::temp_dir, fs, path::PathBuf};

    use super::{Look, Watch};
    use crate::{config::ContentSettings, engine::Content};

    /// A folder of this test, gone at its end.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path = temp_dir().join(format!("upshot-watch-{}-{name}", std::process::id()));
            fs::create_dir_all(&path).unwrap();
            Self(path)
        }

        fn write(&self, name: &str, text: &str) {
            fs::write(self.0.join(name), text).unwrap();
        }

        fn watch(&self) -> (Watch, Content) {
            let settings = ContentSettings { glossary_dir: Some(self.0.clone()), prompts_dir: None };
            Watch::start(&settings).unwrap()
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    /// The organisation's own files, and nothing while there are none to tell.
    fn own(look: &Look) -> Option<Vec<(&str, &str)>> {
        let Look::Changed(content) = look else { return None };
        Some(content.files.iter().filter(|file| file.own).map(|file| (file.path.as_str(), &*file.text)).collect())
    }

    #[test]
    fn a_change_is_told_once_and_when_it_is_over() {
        let folder = Folder::new("once");
        folder.write("a.yaml", "one");
        let (mut watch, content) = folder.watch();
        assert_eq!(content.files.iter().filter(|file| file.own).count(), 1);
        assert!(matches!(watch.look(), Look::Same));
        // A save in three steps, and a look between them.
        folder.write("a.yaml", "");
        assert!(matches!(watch.look(), Look::Moving));
        folder.write("a.yaml", "one and");
        assert!(matches!(watch.look(), Look::Moving));
        folder.write("a.yaml", "one and two");
        assert!(matches!(watch.look(), Look::Moving));
        assert_eq!(own(&watch.look()), Some(vec![("glossary/a.yaml", "one and two")]));
        assert!(matches!(watch.look(), Look::Same));
        watch.tell_again();
        assert_eq!(own(&watch.look()), Some(vec![("glossary/a.yaml", "one and two")]));
        assert!(matches!(watch.look(), Look::Same));
    }

    #[test]
    fn what_is_no_content_is_not_noticed() {
        let folder = Folder::new("other");
        folder.write("a.yaml", "one");
        let (mut watch, _) = folder.watch();
        fs::create_dir_all(folder.0.join(".git")).unwrap();
        for name in [".git/index.yaml", ".a.yaml.swp", ".b.yaml", "README.md", "a.yaml~"] {
            folder.write(name, "whatever");
            assert!(matches!(watch.look(), Look::Same), "{name}");
        }
        fs::create_dir_all(folder.0.join("more")).unwrap();
        folder.write("more/c.yaml", "three");
        fs::remove_file(folder.0.join("a.yaml")).unwrap();
        assert!(matches!(watch.look(), Look::Moving));
        assert_eq!(own(&watch.look()), Some(vec![("glossary/more/c.yaml", "three")]));
    }

    #[test]
    fn a_folder_that_cannot_be_read_is_told_until_it_can() {
        let folder = Folder::new("gone");
        folder.write("a.yaml", "one");
        let (mut watch, _) = folder.watch();
        let elsewhere = folder.0.with_extension("elsewhere");
        fs::rename(&folder.0, &elsewhere).unwrap();
        assert!(matches!(watch.look(), Look::Moving));
        for _ in 0..2 {
            assert!(matches!(watch.look(), Look::Unreadable(_)));
        }
        fs::rename(&elsewhere, &folder.0).unwrap();
        assert!(matches!(watch.look(), Look::Moving));
        assert_eq!(own(&watch.look()), Some(vec![("glossary/a.yaml", "one")]));
    }
}
