//! SBOMs on the wire.

use std::collections::BTreeMap;

use buildkit_proto::gateway as rpc;

/// What an SBOM says it is (`in-toto-golang/in_toto/model.go`, v0.5.0).
const SPDX: &str = "https://spdx.dev/Document";

/// What the scan of the image itself is called (`frontend/attestations/sbom/sbom.go`, v0.32.2).
const CORE: &[u8] = b"sbom";

/// Returns the attestations of each platform: the directory of an SBOM is a bundle of statements.
pub(super) fn messages(
    sboms: impl IntoIterator<Item = (String, rpc::Ref)>,
) -> BTreeMap<String, rpc::Attestations> {
    let bundle = |reference| rpc::Attestation {
        kind: rpc::AttestationKind::Bundle.into(),
        metadata: ["reason", "sbom-core"]
            .map(|key| (key.to_owned(), CORE.to_vec()))
            .into(),
        r#ref: Some(reference),
        in_toto_predicate_type: SPDX.to_owned(),
        ..rpc::Attestation::default()
    };
    let each = sboms.into_iter().map(|(id, reference)| {
        let attestation = vec![bundle(reference)];
        (id, rpc::Attestations { attestation })
    });
    each.collect()
}
