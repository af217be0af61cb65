//! A solve request around a definition that is written already.
//!
//! A large definition is some megabytes and tens of thousands of values: here its bytes go into
//! the request as they are.

use buildkit_proto::gateway as rpc;
use prost::Message;
use prost::bytes::{Buf, BufMut};
use prost::encoding::{self, DecodeContext, WireType};

use super::grpc::LARGEST_MESSAGE;
use super::stdio::Connection;

/// Is `SolveRequest.Definition` (`frontend/gateway/pb/gateway.proto`, v0.32.2).
const DEFINITION: u32 = 1;

/// Is where requests of this kind go.
const PATH: &str = "/moby.buildkit.v1.frontend.LLBBridge/Solve";

/// A solve request.
#[derive(Debug, Default)]
pub(super) struct WrittenSolve {
    /// The definition's bytes; none if a frontend is asked.
    pub(super) definition: Option<Vec<u8>>,
    /// The request without its definition.
    pub(super) rest: rpc::SolveRequest,
}

impl Message for WrittenSolve {
    fn encode_raw(&self, buf: &mut impl BufMut) {
        // Present even if empty: an empty definition is scratch, none would be a frontend's name.
        if let Some(definition) = &self.definition {
            encoding::bytes::encode(DEFINITION, definition, buf);
        }
        self.rest.encode_raw(buf);
    }

    fn encoded_len(&self) -> usize {
        let definition = self.definition.iter();
        let lengths = definition.map(|bytes| encoding::bytes::encoded_len(DEFINITION, bytes));
        lengths.sum::<usize>() + self.rest.encoded_len()
    }

    fn merge_field(
        &mut self,
        tag: u32,
        wire_type: WireType,
        buf: &mut impl Buf,
        context: DecodeContext,
    ) -> Result<(), prost::DecodeError> {
        match tag {
            DEFINITION => {
                let definition = self.definition.get_or_insert_default();
                encoding::bytes::merge(wire_type, definition, buf, context)
            }
            _ => self.rest.merge_field(tag, wire_type, buf, context),
        }
    }

    fn clear(&mut self) {
        *self = Self::default();
    }
}

/// Sends a solve request over `connection`.
pub(super) async fn solve(
    connection: Connection,
    origin: http::Uri,
    request: WrittenSolve,
) -> Result<rpc::SolveResponse, tonic::Status> {
    let mut client = tonic::client::Grpc::with_origin(connection, origin)
        .max_decoding_message_size(LARGEST_MESSAGE);
    client.ready().await.map_err(|error| {
        let error: Box<dyn std::error::Error + Send + Sync> = error.into();
        tonic::Status::unknown(format!("the connection to BuildKit is gone: {error}"))
    })?;
    let codec = tonic_prost::ProstCodec::<WrittenSolve, rpc::SolveResponse>::default();
    let path = http::uri::PathAndQuery::from_static(PATH);
    let answer = client.unary(tonic::Request::new(request), path, codec);
    Ok(answer.await?.into_inner())
}

#[cfg(test)]
mod tests {
    use buildkit_proto::pb;

    use super::*;

    #[test]
    fn it_is_the_request_that_the_generated_code_writes() {
        let definition = pb::Definition {
            def: vec![b"an op".to_vec()],
            ..pb::Definition::default()
        };
        for definition in [definition, pb::Definition::default()] {
            let rest = rpc::SolveRequest {
                allow_result_return: true,
                evaluate: true,
                ..rpc::SolveRequest::default()
            };
            let expected = rpc::SolveRequest {
                definition: Some(definition.clone()),
                ..rest.clone()
            };
            let written = WrittenSolve {
                definition: Some(definition.encode_to_vec()),
                rest,
            };
            assert_eq!(written.encode_to_vec(), expected.encode_to_vec());
        }
    }
}
