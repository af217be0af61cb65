//! Build file -> plan -> LLB, and the gateway at the edge.

pub mod text;

pub mod diff;

pub mod diagnostic;

pub mod pass;

pub mod units;

pub mod git_url;

pub mod image_name;

pub mod syntax;

pub mod expr;

pub mod preset;

pub mod model;

pub mod request;

pub mod dockerfile;

pub mod expand;

pub mod plan;

pub mod lower;

pub mod dockerignore;

pub mod lint;

pub mod compile;

pub mod convert;

pub mod gateway;

pub mod load;

pub mod call;

pub mod build;
