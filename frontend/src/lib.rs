//! Build file -> plan -> LLB, and the gateway at the edge.
