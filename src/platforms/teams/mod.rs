//! Microsoft Teams: the HTML of its messages as canonical text, and canonical text in the Markdown that Teams shows.

pub mod html;
pub mod markdown;
