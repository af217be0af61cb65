//! The options of `run` and `script`: their keys, and how they are read.
//!
//! Literal users, sizes, addresses and limits were checked.

use crate::model::fields::{Key, Kind, Table, key};
use crate::model::mount::decode as mount;
use crate::model::read::{Cx, Fields, first_key};
use crate::model::value::{self, Check, Slot};
use crate::model::{Value, Written, name};
use crate::syntax::{Field, View};
use crate::text::Spanned;
use crate::units::{self, Malformed};

use super::{Device, Exec, Network, Options, Resources, Security, Ulimit};

const CACHES: Kind = Kind::Some(&Kind::OneOf(&[Kind::Preset, Kind::Map(&mount::CACHE)]));
const SECRETS: Kind = Kind::Some(&Kind::OneOf(&[Kind::Text, Kind::Map(&mount::SECRET)]));
const AGENTS: Kind = Kind::Some(&Kind::OneOf(&[
    Kind::Bool,
    Kind::Text,
    Kind::Map(&mount::SSH),
]));
const MOUNTS: Kind = Kind::List(&Kind::OneOf(&[
    Kind::Map(&mount::BIND),
    Kind::Map(&mount::TMPFS),
]));
const DEVICES: Kind = Kind::Some(&Kind::OneOf(&[Kind::Text, Kind::Map(&DEVICE)]));
const ULIMITS: Kind = Kind::Known(
    units::ULIMITS,
    &Kind::OneOf(&[Kind::Int, Kind::Map(&ULIMIT)]),
);

/// The options that `run` and `script` share.
pub(in crate::model) const OPTIONS: &[Key] = &[
    key(
        "cache",
        CACHES,
        "npm",
        "Cache mounts: a path, a name from `caches`, a preset, or a map.",
    ),
    key(
        "secrets",
        SECRETS,
        "[npm_token]",
        "Secrets the step can read: a name from `secrets`, an id, or a map.",
    ),
    key(
        "ssh",
        AGENTS,
        "true",
        "Ssh agents the step can use: `true`, an id, or a map.",
    ),
    key(
        "mounts",
        MOUNTS,
        "[{bind: ., target: /src}]",
        "Bind and tmpfs mounts.",
    ),
    key(
        "env",
        Kind::Named(&Kind::Text),
        "{CI: true}",
        "Environment of this step; wins over all.",
    ),
    key(
        "workdir",
        Kind::Text,
        "/app",
        "Working directory of this step, relative to the stage's.",
    ),
    key("user", Kind::Text, "node", "User of this step."),
    key(
        "shell",
        Kind::List(&Kind::Text),
        "[/bin/bash, -c]",
        "Shell of this step; `[]` executes a `script` directly.",
    ),
    key(
        "errexit",
        Kind::Bool,
        "false",
        "`false` leaves `set -e` out of a text of several lines.",
    ),
    key(
        "network",
        Kind::Word(&["default", "none", "host"]),
        "none",
        "Network of this step.",
    ),
    key(
        "security",
        Kind::Word(&["sandbox", "insecure"]),
        "insecure",
        "Security mode of this step; `insecure` needs an entitlement.",
    ),
    key(
        "devices",
        DEVICES,
        "[{name: nvidia.com/gpu=all}]",
        "CDI devices.",
    ),
    key(
        "extra-hosts",
        Kind::Named(&Kind::Text),
        "{db: 10.0.0.5}",
        "Addresses of host names.",
    ),
    key(
        "ulimits",
        ULIMITS,
        "{nofile: 1024}",
        "Limits: a number, or soft and hard.",
    ),
    key("shm-size", Kind::Text, "64m", "Size of `/dev/shm`."),
    key(
        "exit-codes",
        Kind::Some(&Kind::Int),
        "[0, 2]",
        "Exit codes that count as success; default 0.",
    ),
    key(
        "resources",
        Kind::Map(&RESOURCES),
        "{memory: 2g}",
        "Limits of memory and CPU; they change no cache key.",
    ),
];

pub(in crate::model) static DEVICE: Table = Table {
    what: "a device",
    doc: "A CDI device.",
    groups: &[&[
        key(
            "name",
            Kind::Text,
            "nvidia.com/gpu=all",
            "`vendor/class=name`.",
        )
        .required(),
        key(
            "required",
            Kind::Bool,
            "true",
            "Whether a missing device fails the build; default false.",
        ),
    ]],
};

pub(in crate::model) static ULIMIT: Table = Table {
    what: "a limit",
    doc: "A limit that a process may raise up to the hard one.",
    groups: &[&[
        key(
            "soft",
            Kind::Int,
            "1024",
            "The limit in force; -1 for none.",
        )
        .required(),
        key(
            "hard",
            Kind::Int,
            "2048",
            "Its upper bound; default the soft limit.",
        ),
    ]],
};

pub(in crate::model) static RESOURCES: Table = Table {
    what: "`resources`",
    doc: "Limits of memory and CPU; they change no cache key.",
    groups: &[&[
        key("memory", Kind::Text, "2g", "Bytes with a unit."),
        key(
            "memory-swap",
            Kind::Text,
            "4g",
            "Memory and swap together, bytes with a unit; -1 for no limit.",
        ),
        key("cpu-shares", Kind::Text, "512", "Relative weight."),
        key("cpu-period", Kind::Text, "100000", "Microseconds."),
        key(
            "cpu-quota",
            Kind::Text,
            "50000",
            "Microseconds of each period.",
        ),
        key("cpuset-cpus", Kind::Text, "0-2,7", "Which CPUs."),
        key("cpuset-mems", Kind::Text, "0-1", "Which memory nodes."),
    ]],
};

const NETWORKS: &[(&str, Network)] = &[
    ("default", Network::Default),
    ("none", Network::None),
    ("host", Network::Host),
];

const SECURITIES: &[(&str, Security)] = &[
    ("sandbox", Security::Sandbox),
    ("insecure", Security::Insecure),
];

/// Reads the options of a `run` or `script`; an empty `shell` is its caller's business.
pub(in crate::model) fn options(fields: &Fields<'_>, cx: &mut Cx<'_>) -> Options<Written> {
    if !fields.has_any(OPTIONS) {
        return Options::none();
    }
    let mut exec = Exec::default();
    mount::of_exec(fields, &mut exec, cx);
    exec.env = fields.text_map("env", name::check_env, cx);
    exec.workdir = fields.checked_text("workdir", value::check_path, cx);
    exec.user = fields.checked_text("user", value::check_user, cx);
    exec.shell = fields.slot("shell").and_then(|slot| value::shell(slot, cx));
    exec.errexit = fields.boolean("errexit", cx);
    exec.network = fields.word("network", NETWORKS, cx);
    exec.security = fields.word("security", SECURITIES, cx);
    for slot in fields.items("devices", cx) {
        exec.devices.extend(device(slot, cx));
    }
    exec.extra_hosts = hosts(fields, cx);
    if let Some(slot) = fields.some("ulimits", cx) {
        exec.ulimits = ulimits(slot, cx);
    }
    exec.shm_size = fields.checked_text("shm-size", check_bytes, cx);
    for slot in fields.items("exit-codes", cx) {
        exec.exit_codes.extend(exit_code(slot, cx));
    }
    let resources = fields.some("resources", cx);
    exec.resources = resources
        .and_then(|slot| self::resources(slot, cx))
        .map(Box::new);
    exec.into()
}

fn check_bytes(text: &str) -> Result<(), Malformed> {
    units::parse_bytes(text).map(drop)
}

fn device(slot: Slot<'_>, cx: &mut Cx<'_>) -> Option<Device<Written>> {
    let check: Check = |text| value::check_not_empty(text, "write `vendor/class=name`");
    if !value::is_map(slot, cx) {
        let name = value::checked_text(slot, check, cx)?;
        return Some(Device {
            name,
            required: None,
        });
    }
    let fields = Fields::read(&DEVICE, slot, first_key(slot.id, cx), cx)?;
    let name = fields.checked_text("name", check, cx);
    let required = fields.boolean("required", cx);
    Some(Device {
        name: name?,
        required,
    })
}

fn hosts(fields: &Fields<'_>, cx: &mut Cx<'_>) -> Vec<(Spanned<String>, Value)> {
    let check: Check = |text| units::parse_ip(text).map(drop);
    let mut hosts = fields.text_map("extra-hosts", name::check_host, cx);
    hosts.retain(|(_, address)| value::check_value(address, check, cx));
    hosts
}

fn ulimits(slot: Slot<'_>, cx: &mut Cx<'_>) -> Vec<Ulimit<Written>> {
    let fields = value::pairs(slot, cx);
    fields
        .into_iter()
        .filter_map(|field| ulimit(field, cx))
        .collect()
}

fn ulimit(field: Field<'_>, cx: &mut Cx<'_>) -> Option<Ulimit<Written>> {
    let is_known = value::is_one_of(field.key, "limit", units::ULIMITS, cx);
    let check: Check = |text| units::parse_limit(text).map(drop);
    let slot = Slot::of(field, "1024");
    let (soft, hard) = if value::is_map(slot, cx) {
        let fields = Fields::read(&ULIMIT, slot, field.key.span, cx)?;
        let soft = fields.checked_text("soft", check, cx);
        (soft, fields.checked_text("hard", check, cx))
    } else {
        (value::checked_text(slot, check, cx), None)
    };
    let soft = soft.filter(|_| is_known)?;
    let number = |value: &Value| units::parse_limit(value.as_literal()?).ok();
    if let Some((low, high)) = number(&soft).zip(hard.as_ref().and_then(number))
        && let Err(malformed) = units::check_limits(low, high)
    {
        value::bad_value(malformed, soft.span(), cx);
        return None;
    }
    Some(Ulimit {
        name: field.key.map(str::to_owned),
        soft,
        hard,
    })
}

fn exit_code(slot: Slot<'_>, cx: &mut Cx<'_>) -> Option<Spanned<i32>> {
    if !matches!(cx.doc.view(slot.id), View::Scalar(_)) {
        value::wrong_type(slot, "integers", cx);
        return None;
    }
    let code = cx.doc.int(slot.id, slot.name, cx.diags)?;
    match i32::try_from(code.value) {
        Ok(value @ 0..=255) => Some(Spanned::new(value, code.span)),
        _ => {
            let message = format!("`{}` is not an exit code", code.value);
            let help = "write a number from 0 to 255";
            value::bad_value(Malformed::new(message, help), code.span, cx);
            None
        }
    }
}

fn resources(slot: Slot<'_>, cx: &mut Cx<'_>) -> Option<Resources<Written>> {
    let at = cx.doc.span(slot.id);
    let fields = Fields::read(&RESOURCES, slot, at, cx)?;
    let check_swap: Check = |text| match text {
        "-1" => Ok(()),
        _ => check_bytes(text),
    };
    let check_number: Check = |text| units::parse_integer(text).map(drop);
    Some(Resources {
        memory: fields.checked_text("memory", check_bytes, cx),
        memory_swap: fields.checked_text("memory-swap", check_swap, cx),
        cpu_shares: fields.checked_text("cpu-shares", check_number, cx),
        cpu_period: fields.checked_text("cpu-period", check_number, cx),
        cpu_quota: fields.checked_text("cpu-quota", check_number, cx),
        cpuset_cpus: fields.checked_text("cpuset-cpus", units::check_cpuset, cx),
        cpuset_mems: fields.checked_text("cpuset-mems", units::check_cpuset, cx),
    })
}

#[cfg(test)]
mod tests {
    use crate::model::tests::check_exec;

    #[test]
    fn a_run_has_its_options() {
        check_exec(
            "env: {A: b}\nworkdir: c\nuser: d\nshell: [e]\nerrexit: false\nnetwork: none\n\
             security: insecure\nshm-size: 64m\nexit-codes: [0, 2]",
            "env: [\"A\"=\"b\"], workdir: \"c\", user: \"d\", shell: [\"e\"], errexit: false, \
             network: None, security: Insecure, shm_size: \"64m\", exit_codes: [0, 2]",
        );
        check_exec(
            "devices: [a/b=c, {name: d, required: true}]\nextra-hosts: {e: 10.0.0.5}\n\
             ulimits: {nofile: 1, core: {soft: 2, hard: -1}}\n\
             resources: {memory: 1g, memory-swap: -1, cpuset-cpus: 0-1}",
            "devices: [Device { name: \"a/b=c\" }, Device { name: \"d\", required: true }], \
             extra_hosts: [\"e\"=\"10.0.0.5\"], \
             ulimits: [Ulimit { name: \"nofile\", soft: \"1\" }, \
             Ulimit { name: \"core\", soft: \"2\", hard: \"-1\" }], \
             resources: Resources { memory: \"1g\", memory_swap: \"-1\", cpuset_cpus: \"0-1\" }",
        );
    }

    #[test]
    fn a_network_is_one_of_three() {
        check_exec(
            "network: hots",
            "2:10: `network` cannot be `hots` (did you mean `host`?)",
        );
    }

    #[test]
    fn limits_have_known_names() {
        check_exec(
            "ulimits: {nofiles: 1}",
            "2:11: unknown limit `nofiles` (did you mean `nofile`?)",
        );
        check_exec(
            "ulimits: {nofile: {soft: 2, hard: 1}}",
            "2:26: the soft limit 2 is above the hard limit 1 (lower the soft limit or raise the \
             hard one; -1 is no limit)",
        );
        check_exec(
            "ulimits: {nofile: {hard: 1}}",
            "2:11: a limit needs `soft` (add `soft: 1024`)",
        );
    }

    #[test]
    fn quantities_are_checked() {
        check_exec(
            "shm-size: big",
            "2:11: `big` is not a size (write a number with a unit, such as 64m or 1.5g)",
        );
        check_exec(
            "exit-codes: [256]",
            "2:14: `256` is not an exit code (write a number from 0 to 255)",
        );
        check_exec(
            "extra-hosts: {a: b}",
            "2:18: `b` is not an IP address (write an address such as 10.0.0.5 or ::1)",
        );
        check_exec("shm-size: '${{ args.A }}'", "shm_size: \"<A>\"");
    }
}
