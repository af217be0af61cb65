//! What another frontend is asked and answers, as messages.

use std::collections::BTreeMap;

use buildkit_proto::gateway as rpc;

use super::written::WrittenSolve;
use super::{FrontendAnswer, FrontendRequest};

/// Returns the request; it has no definition, not even an empty one.
pub(super) fn request(request: FrontendRequest) -> WrittenSolve {
    WrittenSolve {
        definition: None,
        rest: rpc::SolveRequest {
            frontend: request.name,
            frontend_opt: request.options,
            frontend_inputs: request.inputs,
            allow_result_return: true,
            allow_result_array_ref: true,
            ..rpc::SolveRequest::default()
        },
    }
}

/// Returns the answer: each ref comes with the definition that it stands for
/// (`frontend/gateway/gateway.go:Solve`, v0.32.2).
pub(super) fn answer(answer: rpc::SolveResponse) -> FrontendAnswer {
    let result = answer.result.unwrap_or_default();
    let definition = |it: rpc::Ref| it.def.unwrap_or_default();
    let definitions = match result.result {
        Some(rpc::result::Result::Ref(one)) => BTreeMap::from([(String::new(), definition(one))]),
        Some(rpc::result::Result::Refs(map)) => {
            let refs = map.refs.into_iter();
            refs.map(|(id, one)| (id, definition(one))).collect()
        }
        _ => BTreeMap::new(),
    };
    FrontendAnswer {
        definitions,
        metadata: result.metadata,
    }
}
