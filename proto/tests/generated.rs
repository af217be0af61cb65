//! The committed code is what the `.proto` files say.
//!
//! `UPDATE_GENERATED=1` writes instead of comparing; `cargo xtask proto` does that.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use prost_types::field_descriptor_proto::{Label, Type};
use prost_types::{
    DescriptorProto, EnumDescriptorProto, FieldDescriptorProto, FileDescriptorProto,
    FileDescriptorSet,
};

/// Name and text of every generated file.
type Files = BTreeMap<String, String>;

fn generate(into: &Path) -> Files {
    let protos = Path::new(env!("CARGO_MANIFEST_DIR")).join("proto");
    let descriptors = protox::Compiler::new([&protos])
        .and_then(|mut compiler| {
            compiler.include_imports(true).include_source_info(true);
            for name in ["gateway.proto", "errdefs.proto"] {
                compiler.open_file(name)?;
            }
            Ok(compiler.file_descriptor_set())
        })
        .expect("the .proto files compile");
    fs::write(into.join("fields.txt"), fields(&descriptors)).expect("the table is writable");
    let mut config = prost_build::Config::new();
    config.btree_map(["."]).out_dir(into);
    tonic_prost_build::configure()
        .build_server(false)
        .build_transport(false)
        .out_dir(into)
        .compile_fds_with_config(descriptors, config)
        .expect("the generator writes its files");
    read(into)
}

/// Returns the fields of the messages of package `pb`, as `FIELDS` explains them.
fn fields(set: &FileDescriptorSet) -> String {
    let ops = |file: &&FileDescriptorProto| file.package() == "pb";
    let file = set.file.iter().find(ops).expect("the package `pb`");
    let table = Table {
        enums: &file.enum_type,
    };
    let mut out = String::new();
    for message in &file.message_type {
        out.push_str(&format!("{}\n", message.name()));
        for field in &message.field {
            let kind = table.kind(field, message);
            out.push_str(&format!("{} {} {kind}\n", field.number(), field.name()));
        }
        out.push('\n');
    }
    out
}

struct Table<'a> {
    enums: &'a [EnumDescriptorProto],
}

impl Table<'_> {
    fn kind(&self, field: &FieldDescriptorProto, within: &DescriptorProto) -> String {
        let name = field.type_name().rsplit('.').next().unwrap_or_default();
        let entry = within.nested_type.iter().find(|it| it.name() == name);
        if let Some(entry) = entry {
            return format!("%{}", self.kind(&entry.field[1], entry));
        }
        let star = if field.label() == Label::Repeated {
            "*"
        } else {
            ""
        };
        let one = match field.r#type() {
            Type::String => "string".to_owned(),
            Type::Bytes => "bytes".to_owned(),
            Type::Bool => "bool".to_owned(),
            Type::Int32 | Type::Uint32 => "int".to_owned(),
            Type::Int64 | Type::Uint64 => "long".to_owned(),
            Type::Enum => {
                let found = self.enums.iter().find(|it| it.name() == name);
                let values = &found.expect("an enum of the file").value;
                let names: Vec<&str> = values.iter().map(|value| value.name()).collect();
                format!("={}", names.join(","))
            }
            Type::Message => name.to_owned(),
            other => panic!("{other:?} is in no op"),
        };
        format!("{star}{one}")
    }
}

fn read(dir: &Path) -> Files {
    fs::read_dir(dir)
        .expect("the directory is readable")
        .map(|entry| entry.expect("the directory is readable"))
        .map(|entry| {
            let text = fs::read_to_string(entry.path()).expect("the file is text");
            (entry.file_name().to_string_lossy().into_owned(), text)
        })
        .collect()
}

fn committed() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/generated")
}

#[test]
fn generated_code_is_current() {
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR")).join("generated");
    let _ = fs::remove_dir_all(&scratch);
    fs::create_dir_all(&scratch).expect("a directory for the output");
    let expected = generate(&scratch);
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        for (name, text) in &expected {
            fs::write(committed().join(name), text).expect("the file is writable");
        }
    }
    let found = read(&committed());
    let names: Vec<_> = expected.keys().collect();
    assert_eq!(found.keys().collect::<Vec<_>>(), names, "the list of files");
    for (name, text) in &expected {
        assert!(
            found[name] == *text,
            "{name} is stale: run `cargo xtask proto`"
        );
    }
}
