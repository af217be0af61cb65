//! The generated code, nested as its packages are: that is how it refers to its neighbours.

#![allow(
    missing_docs,
    clippy::all,
    clippy::pedantic,
    rustdoc::all,
    reason = "generated code"
)]

pub mod errdefs {
    include!("generated/errdefs.rs");
}

pub mod pb {
    include!("generated/pb.rs");
}

pub mod fsutil {
    pub mod types {
        include!("generated/fsutil.types.rs");
    }
}

pub mod google {
    pub mod rpc {
        include!("generated/google.rpc.rs");
    }
}

pub mod moby {
    pub mod buildkit {
        pub mod v1 {
            pub mod apicaps {
                include!("generated/moby.buildkit.v1.apicaps.rs");
            }
            pub mod frontend {
                include!("generated/moby.buildkit.v1.frontend.rs");
            }
            pub mod sourcepolicy {
                include!("generated/moby.buildkit.v1.sourcepolicy.rs");
            }
            pub mod types {
                include!("generated/moby.buildkit.v1.types.rs");
            }
        }
    }
}
