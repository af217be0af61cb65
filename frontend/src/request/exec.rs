//! What every run gets: hosts, limits, network, proxies.
//!
//! Values and their rules are those of `frontend/dockerui/attr.go` (v0.32.2).

use std::collections::BTreeMap;
use std::net::IpAddr;

use buildkit_llb::{Network, Proxy};

use super::csv;
use super::option::Reader;
use crate::units::{self, Malformed};

/// What every run gets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExecRequest {
    /// Host names in lower case, with their addresses.
    pub extra_hosts: Vec<(String, IpAddr)>,
    /// Limits by name.
    pub ulimits: Vec<UlimitRequest>,
    /// Size of `/dev/shm` in bytes.
    pub shm_size: Option<i64>,
    /// The parent of every control group.
    pub cgroup_parent: Option<String>,
    /// The network of runs that ask for none.
    pub network: Network,
    /// The host name runs see.
    pub hostname: Option<String>,
    /// Memory and CPU; in no digest.
    pub resources: ResourceLimits,
    /// Proxies; in no digest.
    pub proxy: Option<Proxy>,
}

/// One `--ulimit`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UlimitRequest {
    /// `nofile`, ….
    pub name: String,
    /// Soft limit; -1 for none.
    pub soft: i64,
    /// Hard limit; -1 for none.
    pub hard: i64,
}

/// `--resource`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResourceLimits {
    /// Bytes.
    pub memory: Option<i64>,
    /// Bytes, or -1.
    pub memory_swap: Option<i64>,
    /// Relative weight.
    pub cpu_shares: Option<i64>,
    /// Microseconds.
    pub cpu_period: Option<i64>,
    /// Microseconds.
    pub cpu_quota: Option<i64>,
    /// `0-2,7`.
    pub cpuset_cpus: Option<String>,
    /// `0-1`.
    pub cpuset_mems: Option<String>,
}

pub(super) fn read(reader: &mut Reader<'_>, args: &BTreeMap<String, String>) -> ExecRequest {
    ExecRequest {
        extra_hosts: extra_hosts(reader),
        ulimits: list(reader, "ulimit", "--ulimit", ulimit),
        shm_size: shm_size(reader),
        cgroup_parent: reader.text("cgroup-parent").map(str::to_owned),
        network: network(reader),
        hostname: reader
            .text("build-arg:BUILDKIT_SANDBOX_HOSTNAME")
            .or_else(|| reader.text("hostname"))
            .map(str::to_owned),
        resources: resources(reader),
        proxy: proxy(args),
    }
}

/// Reads every entry of a list; one bad entry does not hide another.
fn list<T>(
    reader: &mut Reader<'_>,
    key: &str,
    flag: &'static str,
    entry: fn(&str) -> Result<T, Malformed>,
) -> Vec<T> {
    let Some(line) = reader.text(key) else {
        return Vec::new();
    };
    let fields = match csv::fields(line) {
        Ok(fields) => fields,
        Err(error) => {
            reader.bad(flag, format!("`{line}`: {}", error.as_str()));
            return Vec::new();
        }
    };
    let mut values = Vec::new();
    for field in fields {
        match entry(&field) {
            Ok(value) => values.push(value),
            Err(error) => {
                reader.bad(flag, error.message).help(error.help);
            }
        }
    }
    values
}

fn extra_hosts(reader: &mut Reader<'_>) -> Vec<(String, IpAddr)> {
    list(reader, "add-hosts", "--add-host", |field| {
        let field = field.to_lowercase();
        let (host, ip) = field.split_once('=').ok_or_else(|| {
            Malformed::new(
                format!("`{field}` has no address"),
                "write `host=address`, such as `db=10.0.0.5`",
            )
        })?;
        Ok((host.to_owned(), units::parse_ip(ip)?))
    })
}

fn ulimit(field: &str) -> Result<UlimitRequest, Malformed> {
    const HELP: &str = "write `name=soft:hard`, such as `nofile=1024:2048`";
    let (name, limits) = field
        .split_once('=')
        .ok_or_else(|| Malformed::new(format!("`{field}` has no limit"), HELP))?;
    if !units::ULIMITS.contains(&name) {
        return Err(Malformed::new(format!("there is no limit `{name}`"), HELP));
    }
    let (soft, hard) = limits.split_once(':').unwrap_or((limits, limits));
    let (soft, hard) = (units::parse_limit(soft)?, units::parse_limit(hard)?);
    units::check_limits(soft, hard)?;
    Ok(UlimitRequest {
        name: name.to_owned(),
        soft,
        hard,
    })
}

fn shm_size(reader: &mut Reader<'_>) -> Option<i64> {
    let value = reader.text("shm-size")?;
    let bytes = value.parse::<i64>().ok().filter(|bytes| *bytes >= 0);
    if bytes.is_none() {
        reader.bad("--shm-size", format!("`{value}` is no number of bytes"));
    }
    bytes.filter(|bytes| *bytes > 0)
}

fn network(reader: &mut Reader<'_>) -> Network {
    match reader.text("force-network-mode") {
        None | Some("sandbox") => Network::Sandbox,
        Some("none") => Network::None,
        Some("host") => Network::Host,
        Some(other) => {
            reader
                .bad("--network", format!("there is no network `{other}`"))
                .help("the networks are `default`, `none` and `host`");
            Network::Sandbox
        }
    }
}

fn resources(reader: &mut Reader<'_>) -> ResourceLimits {
    ResourceLimits {
        memory: number(reader, "memory", "--resource memory"),
        memory_swap: memory_swap(reader),
        cpu_shares: number(reader, "cpushares", "--resource cpu-shares"),
        cpu_period: number(reader, "cpuperiod", "--resource cpu-period"),
        cpu_quota: number(reader, "cpuquota", "--resource cpu-quota"),
        cpuset_cpus: cpuset(reader, "cpusetcpus", "--resource cpuset-cpus"),
        cpuset_mems: cpuset(reader, "cpusetmems", "--resource cpuset-mems"),
    }
}

fn number(reader: &mut Reader<'_>, key: &str, flag: &'static str) -> Option<i64> {
    let value = reader.text(key)?;
    let number = value.parse::<i64>().ok().filter(|number| *number > 0);
    if number.is_none() {
        reader.bad(flag, format!("`{value}` is no number above 0"));
    }
    number
}

fn memory_swap(reader: &mut Reader<'_>) -> Option<i64> {
    let value = reader.text("memswap")?;
    let number = value.parse::<i64>().ok();
    let number = number.filter(|number| *number > 0 || *number == -1);
    if number.is_none() {
        reader
            .bad(
                "--resource memory-swap",
                format!("`{value}` is no number above 0"),
            )
            .help("-1 is no limit");
    }
    number
}

fn cpuset(reader: &mut Reader<'_>, key: &str, flag: &'static str) -> Option<String> {
    let value = reader.text(key)?;
    match units::check_cpuset(value) {
        Ok(()) => Some(value.to_owned()),
        Err(error) => {
            reader.bad(flag, error.message).help(error.help);
            None
        }
    }
}

/// Returns the proxies that build arguments name.
///
/// One that is empty counts (`dockerfile2llb/convert.go:proxyEnvFromBuildArgs`, v0.32.2). A name in
/// lower case wins over the same in upper case, which stands before it in the map.
pub fn proxy(args: &BTreeMap<String, String>) -> Option<Proxy> {
    let mut proxy = Proxy::default();
    let mut is_named = false;
    for (name, value) in args {
        let place = match name.to_ascii_lowercase().as_str() {
            "http_proxy" => &mut proxy.http,
            "https_proxy" => &mut proxy.https,
            "ftp_proxy" => &mut proxy.ftp,
            "no_proxy" => &mut proxy.none,
            "all_proxy" => &mut proxy.all,
            _ => continue,
        };
        place.clone_from(value);
        is_named = true;
    }
    is_named.then_some(proxy)
}
