//! The service as its callers see it: a started server, a loopback stand-in for Slack, and the program itself.
//!
//! One binary, so that it links once. No sleeps, no fixed ports, and a clock that stands still.

#![allow(clippy::unwrap_used, reason = "in a test a panic is the message")]

mod addresses;
mod agent;
mod api;
mod backstage;
mod bridges;
mod channels;
mod check;
mod cli;
mod commands;
mod console;
mod databases;
mod delivery;
mod doctor;
mod doors;
mod drafts;
mod editor;
mod events;
mod exchange;
mod fake_openid;
mod fake_slack;
mod fake_sockets;
mod fixtures;
mod folders;
mod git;
mod glossary;
mod glossary_store;
mod home;
mod insight;
mod installations;
mod interactions;
mod keeping;
mod kit;
mod known;
mod lifecycle;
mod manners;
mod mine;
mod oauth;
mod outgoing;
mod pages;
mod preferences;
mod prompts;
mod queues;
mod races;
mod repeats;
mod replies;
mod robustness;
mod role_matrix;
mod scope;
mod server;
mod shared;
mod sharing;
mod sign_in;
mod signed_in;
mod signing;
mod sockets;
mod store;
mod storms;
mod swap;
mod teams;
mod threads;
mod tokens;
mod verdicts;
