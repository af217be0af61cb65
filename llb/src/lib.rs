//! A typed LLB graph and its exact encoding.
