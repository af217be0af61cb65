//! Build file -> plan -> LLB, and the gateway at the edge.

pub mod text;

pub mod diagnostic;

pub mod units;

pub mod syntax;
