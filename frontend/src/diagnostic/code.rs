//! Every diagnostic's name, severity and title: one line each.
//!
//! A code reads as a fact about the file.

/// How bad a diagnostic is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The build cannot go on.
    Error,
    /// The build works; somebody may be surprised.
    Warning,
}

impl Severity {
    /// Returns the word that messages use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

macro_rules! codes {
    ($($variant:ident $name:literal $severity:ident $title:literal)*) => {
        /// The kind of a diagnostic.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Code {
            $(#[doc = $title] $variant,)*
        }

        impl Code {
            /// Every code, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Returns the kebab-case name.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// Returns the severity when no `check` setting changes it.
            pub fn severity(self) -> Severity {
                match self { $(Self::$variant => Severity::$severity,)* }
            }

            /// Tells whether it is a rule of the Dockerfile frontend, which has names of its own.
            pub fn is_of_dockerfile(self) -> bool {
                self.name().starts_with(|c: char| c.is_ascii_uppercase())
            }

            /// Returns one line that says what the code means.
            pub fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)* }
            }
        }
    };
}

// One line per code, grouped by the pass that reports it.
codes! {
    // syntax: the file
    FileTooLarge "file-too-large" Error "The file is larger than any build file."
    NotUtf8 "not-utf8" Error "The file is not UTF-8 text."
    ControlCharacter "control-character" Error "The file holds a character that YAML does not allow."
    EmptyFile "empty-file" Error "The file holds no build."
    // syntax: YAML
    YamlSyntax "yaml-syntax" Error "The text is not YAML."
    YamlTab "yaml-tab" Error "A tab stands where YAML wants spaces."
    YamlDirective "yaml-directive" Error "A line starts with `%`, which YAML reads as a directive."
    SeveralDocuments "several-documents" Error "The file holds more than one YAML document."
    TooDeep "too-deep" Error "The file is nested deeper than a build file can be."
    TooManyValues "too-many-values" Error "Aliases expand past the stated bound."
    DuplicateKey "duplicate-key" Error "A mapping has the same key twice."
    BadKey "bad-key" Error "A mapping's key is not text."
    BadMerge "bad-merge" Error "A merge key stands on something that is not a mapping."
    UndefinedAnchor "undefined-anchor" Error "An alias names an anchor that is not defined before it."
    UnusedAnchor "unused-anchor" Warning "No alias names the anchor."
    RecursiveAlias "recursive-alias" Error "An alias stands inside the value that it names."
    YamlTag "yaml-tag" Error "A value starts with a YAML tag."
    // syntax: text that YAML reads as something else
    UnquotedColon "unquoted-colon" Error "Text with a colon and a space needs quotes."
    UnquotedBracket "unquoted-bracket" Error "Text that starts with a bracket needs quotes."
    UnquotedGlob "unquoted-glob" Error "Text that starts with `*` needs quotes."
    UnquotedReference "unquoted-reference" Error "`${{ }}` inside brackets needs quotes."
    UnquotedCharacter "unquoted-character" Error "Text that starts with a YAML character needs quotes."
    UnclosedQuote "unclosed-quote" Error "A quote is not closed."
    TextAfterQuote "text-after-quote" Error "Text follows a closing quote."
    CommentInCommand "comment-in-command" Warning "A `#` ends a command early."
    // expr: references in strings
    BadReference "bad-reference" Error "A `${{ }}` does not hold a reference."
    UnclosedReference "unclosed-reference" Error "A `${{` is not closed."
    RequiredValue "required-value" Error "A reference with `?` has no value."
    BadPattern "bad-pattern" Error "The pattern of a modifier is not one."
    LatePattern "late-pattern" Error "The pattern of a modifier is known too late."
    TextTooLong "text-too-long" Error "References make a text longer than any value."
    // dockerfile
    BadInstruction "bad-instruction" Error "An instruction of a Dockerfile is not written as it must be."
    UnknownInstruction "unknown-instruction" Error "A Dockerfile has no such instruction."
    // dockerfile: the rules of its own frontend, in its words
    // (`frontend/dockerfile/linter/ruleset.go`, v0.32.2)
    StageNameCasing "StageNameCasing" Warning "Stage names should be lowercase"
    FromAsCasing "FromAsCasing" Warning "The 'as' keyword should match the case of the 'from' keyword"
    NoEmptyContinuation "NoEmptyContinuation" Warning "Empty continuation lines will become errors in a future release"
    ConsistentInstructionCasing "ConsistentInstructionCasing" Warning "All commands within the Dockerfile should use the same casing (either upper or lower)"
    DuplicateStageName "DuplicateStageName" Warning "Stage names should be unique"
    ReservedStageName "ReservedStageName" Warning "Reserved words should not be used as stage names"
    JSONArgsRecommended "JSONArgsRecommended" Warning "JSON arguments recommended for ENTRYPOINT/CMD to prevent unintended behavior related to OS signals"
    MaintainerDeprecated "MaintainerDeprecated" Warning "The MAINTAINER instruction is deprecated, use a label instead to define an image author"
    UndefinedArgInFrom "UndefinedArgInFrom" Warning "FROM command must use declared ARGs"
    WorkdirRelativePath "WorkdirRelativePath" Warning "Relative workdir without an absolute workdir declared within the build can have unexpected results if the base image changes"
    UndefinedVar "UndefinedVar" Warning "Variables should be defined before their use"
    MultipleInstructionsDisallowed "MultipleInstructionsDisallowed" Warning "Multiple instructions of the same type should not be used in the same stage"
    LegacyKeyValueFormat "LegacyKeyValueFormat" Warning "Legacy key/value format with whitespace separator should not be used"
    InvalidBaseImagePlatform "InvalidBaseImagePlatform" Warning "Base image platform does not match expected target platform"
    RedundantTargetPlatform "RedundantTargetPlatform" Warning "Setting platform to predefined $TARGETPLATFORM in FROM is redundant as this is the default behavior"
    SecretsUsedInArgOrEnv "SecretsUsedInArgOrEnv" Warning "Sensitive data should not be used in the ARG or ENV commands"
    InvalidDefaultArgInFrom "InvalidDefaultArgInFrom" Warning "Default value for global ARG results in an empty or invalid base image name"
    FromPlatformFlagConstDisallowed "FromPlatformFlagConstDisallowed" Warning "FROM --platform flag should not use a constant value"
    CopyIgnoredFile "CopyIgnoredFile" Warning "Attempting to Copy file that is excluded by .dockerignore"
    InvalidDefinitionDescription "InvalidDefinitionDescription" Warning "Comment for build stage or argument should follow the format: `# <arg/stage name> <description>`. If this is not intended to be a description comment, add an empty line or comment between the instruction and the comment."
    ExposeProtoCasing "ExposeProtoCasing" Warning "Protocol in EXPOSE instruction should be lowercase"
    ExposeInvalidFormat "ExposeInvalidFormat" Warning "IP address and host-port mapping should not be used in EXPOSE instruction. This will become an error in a future release"
    // model: shapes
    WrongType "wrong-type" Error "A value is of another kind than its key wants."
    NotText "not-text" Error "YAML does not read the value as text."
    UnknownKey "unknown-key" Error "No such key exists here."
    MissingKey "missing-key" Error "A key that must be here is not."
    BadValue "bad-value" Error "A value is not one that its key takes."
    BadName "bad-name" Error "A name holds characters that it cannot have."
    BadPlatform "bad-platform" Error "Text that names a platform does not."
    DuplicateName "duplicate-name" Error "Two names are the same but for case."
    EmptyList "empty-list" Error "A list or map that needs an entry has none."
    ConflictingKeys "conflicting-keys" Error "Two keys cannot stand together."
    MisplacedReference "misplaced-reference" Error "`${{ }}` stands where nothing is replaced."
    ReservedKey "reserved-key" Error "A key is reserved for a later version."
    NoStages "no-stages" Error "The file has no stages."
    NotABuildFile "not-a-build-file" Error "The file is not a map of keys."
    // model: steps
    NoVerb "no-verb" Error "A step has no verb."
    UnknownVerb "unknown-verb" Error "A step has a verb that does not exist."
    SeveralVerbs "several-verbs" Error "A step has more than one verb."
    MisplacedOption "misplaced-option" Error "An option does not go with the verb of its step."
    NotParallel "not-parallel" Error "A step that changes no files stands in `parallel`."
    ScriptWithoutInterpreter "script-without-interpreter" Error "A script does not start with `#!`."
    // expand: names and platforms
    UndefinedArg "undefined-arg" Error "A reference names an argument that is not declared."
    UnsetArg "unset-arg" Error "A reference names an argument that has no value."
    RequiredArg "required-arg" Error "A required argument has no value."
    BadArg "bad-arg" Error "An argument has a value that its type or pattern does not take."
    LateName "late-name" Error "A name is used where it is not known yet."
    UnknownBuildArg "unknown-build-arg" Warning "A build argument is not declared in the file."
    UnknownStage "unknown-stage" Error "No stage has that name."
    UnknownTarget "unknown-target" Error "The request names a stage that is not in the file."
    UnknownContext "unknown-context" Error "The request has no context of that name."
    StageCycle "stage-cycle" Error "A stage needs itself."
    BadImageName "bad-image-name" Error "A text is no image name."
    UnknownCache "unknown-cache" Error "No cache and no preset has that name."
    AmbiguousPlatform "ambiguous-platform" Error "Two platform patterns say equally much."
    NoPlatformMatch "no-platform-match" Error "No pattern matches the platform."
    PlatformDiffers "platform-differs" Error "A stage runs on another platform than its base."
    UnsupportedPlatform "unsupported-platform" Error "The file does not support the platform."
    PlatformNeeded "platform-needed" Error "The request must say for which platform."
    // plan: what is reached
    ParallelConflict "parallel-conflict" Error "Two parallel branches use the same package manager."
    NoCacheEmptiesCache "no-cache-empties-cache" Warning "`no-cache` empties the cache mounts of the step."
    // request: options
    BadOption "bad-option" Error "An option has a value that it does not take."
    UnsupportedRequest "unsupported-request" Error "The client asks for something that is not supported yet."
    // lower
    UnsetEnv "unset-env" Error "The environment has no such variable at this point."
    OnbuildTriggers "onbuild-triggers" Error "An ONBUILD trigger of a base image cannot be read."
    UnknownHome "unknown-home" Error "A preset needs the home directory of its user."
    OldBuilder "old-builder" Error "The builder is too old for something that the file asks for."
    CopyDownloads "copy-downloads" Error "A `copy` names an address."
    BadImageConfig "bad-image-config" Error "The config of an image cannot be read."
    ParallelInOrder "parallel-in-order" Warning "The builder runs parallel branches one after the other."
    UncheckedPaths "unchecked-paths" Warning "The builder does not notice that a path to copy is missing."
    // convert
    NotInBuildFile "not-in-build-file" Error "A build file has nothing for something that the Dockerfile says."
    ConversionDiffers "conversion-differs" Error "The build file that a Dockerfile became does not build the same."
    NotInDockerfile "not-in-dockerfile" Error "A Dockerfile has nothing for something that the file says."
    // lint: settings
    UnknownRule "unknown-rule" Error "A lint setting names a rule that does not exist."
    // lint: one code per rule, with a page in docs/rules
    AddForCopy "add-for-copy" Warning "`add` does what `copy` does."
    ArgInCommand "arg-in-command" Warning "An argument's value becomes part of a shell command."
    ConstantPlatform "constant-platform" Warning "A stage is fixed to one platform."
    CopyBeforeInstall "copy-before-install" Warning "Everything is copied before dependencies are installed."
    CopyIgnored "copy-ignored" Warning "A `copy` names a path that the ignore file leaves out."
    ExposeCasing "expose-casing" Warning "The protocol of a port is not in small letters."
    ExposeHostPart "expose-host-part" Warning "A port to expose has the address or port of a host."
    LatestImage "latest-image" Warning "An image has the tag `latest`, or none."
    LiteralVariable "literal-variable" Warning "A value holds `$NAME`, which nothing replaces."
    MissingHealthcheck "missing-healthcheck" Warning "The image of a service has no health check."
    OverriddenCommand "overridden-command" Warning "A later step of the stage takes the place of this one."
    PackageLeftovers "package-leftovers" Warning "A package manager leaves lists or downloads in the image."
    PackagesWithoutCache "packages-without-cache" Warning "A package manager runs without a cache mount."
    RedundantPlatform "redundant-platform" Warning "The stage's platform is the one it would have anyway."
    RelativeWorkdir "relative-workdir" Warning "Where a relative `workdir` is depends on the base image."
    RootUser "root-user" Warning "Containers of the image run as root."
    ScientificPythonOnAlpine "scientific-python-on-alpine" Warning "Python packages with C code are installed on Alpine."
    SecretFileCopied "secret-file-copied" Warning "A file that holds credentials is copied into a layer."
    SecretInArgOrEnv "secret-in-arg-or-env" Warning "The name of an argument or variable says that it is secret."
    SecretInLayer "secret-in-layer" Warning "A secret's value is written into a layer."
    ShellFormCommand "shell-form-command" Warning "A shell stands between the container's runtime and its command."
    UnpinnedImage "unpinned-image" Warning "An image has no digest."
    UnusedArg "unused-arg" Warning "Nothing mentions the argument."
    UnusedCache "unused-cache" Warning "No step uses the cache."
    UnusedSecret "unused-secret" Warning "No step uses the secret."
    UnusedSsh "unused-ssh" Warning "No step uses the ssh entry."
    UnusedStage "unused-stage" Warning "No stage uses the stage, and it is not the result."
    WrongBasePlatform "wrong-base-platform" Warning "A base image is for another platform than its stage."
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_the_variant_in_kebab_case() {
        for code in Code::ALL.iter().filter(|code| !code.is_of_dockerfile()) {
            let mut expected = String::new();
            for c in format!("{code:?}").chars() {
                if c.is_ascii_uppercase() && !expected.is_empty() {
                    expected.push('-');
                }
                expected.push(c.to_ascii_lowercase());
            }
            assert_eq!(code.name(), expected);
        }
    }
}
