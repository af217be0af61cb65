package main

import (
	"bytes"
	"encoding/json"
	"fmt"

	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"
)

// The types of llb/tests/differential/description.rs.

type graph struct {
	Platform platform   `json:"platform"`
	Files    []file     `json:"files"`
	Vertices []vertex   `json:"vertices"`
	Result   *reference `json:"result"`
	Raw      bool       `json:"raw"`
}

type platform struct {
	OS           string   `json:"os"`
	Architecture string   `json:"architecture"`
	Variant      string   `json:"variant"`
	OSVersion    string   `json:"os_version"`
	OSFeatures   []string `json:"os_features"`
}

func (p platform) spec() ocispecs.Platform {
	return ocispecs.Platform{
		OS:           p.OS,
		Architecture: p.Architecture,
		Variant:      p.Variant,
		OSVersion:    p.OSVersion,
		OSFeatures:   p.OSFeatures,
	}
}

type file struct {
	Name     string `json:"name"`
	Data     string `json:"data"`
	Language string `json:"language"`
}

type reference struct {
	Vertex int    `json:"vertex"`
	Mount  string `json:"mount"`
	Index  int    `json:"index"`
}

type vertex struct {
	Op          json.RawMessage `json:"op"`
	Platform    *platform       `json:"platform"`
	Constraints []string        `json:"constraints"`
	Carried     carried         `json:"carried"`
}

type carried struct {
	Name        *string     `json:"name"`
	Description [][2]string `json:"description"`
	IgnoreCache bool        `json:"ignore_cache"`
	ExportCache string      `json:"export_cache"`
	Group       *group      `json:"group"`
	Limits      *limits     `json:"limits"`
	Locations   []location  `json:"locations"`
}

type group struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Weak bool   `json:"weak"`
}

type limits struct {
	Memory     int64  `json:"memory"`
	MemorySwap int64  `json:"memory_swap"`
	CPUShares  uint64 `json:"cpu_shares"`
	CPUPeriod  uint64 `json:"cpu_period"`
	CPUQuota   int64  `json:"cpu_quota"`
	CPUs       string `json:"cpus"`
	Mems       string `json:"mems"`
}

type location struct {
	File  int   `json:"file"`
	First int32 `json:"first"`
	Last  int32 `json:"last"`
}

type op struct {
	Image       *image        `json:"image"`
	ImageBlob   *blob         `json:"image_blob"`
	LayoutBlob  *blob         `json:"layout_blob"`
	OCILayout   *ociLayout    `json:"oci_layout"`
	Local       *local        `json:"local"`
	Git         *git          `json:"git"`
	HTTP        *httpFile     `json:"http"`
	Exec        *exec         `json:"exec"`
	File        *fileOp       `json:"file"`
	Merge       *[]*reference `json:"merge"`
	Diff        *diff         `json:"diff"`
	Passthrough *passthrough  `json:"passthrough"`
	Build       *build        `json:"build"`
}

// parseOp reads an op: an object with one field.
func parseOp(data json.RawMessage) (op, error) {
	var o op
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	err := decoder.Decode(&o)
	return o, err
}

type image struct {
	Name     string `json:"name"`
	Mode     string `json:"mode"`
	Internal bool   `json:"internal"`
	Layers   *int   `json:"layers"`
	Checksum string `json:"checksum"`
}

type stored struct {
	Filename string `json:"filename"`
	Mode     uint32 `json:"mode"`
	UID      int    `json:"uid"`
	GID      int    `json:"gid"`
}

type blob struct {
	Name    string `json:"name"`
	Stored  stored `json:"stored"`
	Session string `json:"session"`
	Store   string `json:"store"`
}

type ociLayout struct {
	Name    string `json:"name"`
	Session string `json:"session"`
	Store   string `json:"store"`
	Layers  *int   `json:"layers"`
}

type local struct {
	Name         string   `json:"name"`
	Session      string   `json:"session"`
	Unique       string   `json:"unique"`
	Include      []string `json:"include"`
	Exclude      []string `json:"exclude"`
	Follow       []string `json:"follow"`
	Hint         string   `json:"hint"`
	Differ       string   `json:"differ"`
	MetadataOnly bool     `json:"metadata_only"`
	Exceptions   []string `json:"exceptions"`
}

type git struct {
	URL            string `json:"url"`
	Reference      string `json:"reference"`
	Subdir         string `json:"subdir"`
	KeepGitDir     bool   `json:"keep_git_dir"`
	SkipSubmodules bool   `json:"skip_submodules"`
	FetchByCommit  bool   `json:"fetch_by_commit"`
	CheckoutBundle bool   `json:"checkout_bundle"`
	Checksum       string `json:"checksum"`
	Mtime          string `json:"mtime"`
	HeaderSecret   string `json:"header_secret"`
	TokenSecret    string `json:"token_secret"`
	KnownHosts     string `json:"known_hosts"`
	Agent          string `json:"agent"`
	Bundle         string `json:"bundle"`
	BundleSession  string `json:"bundle_session"`
	BundleStore    string `json:"bundle_store"`
	SignatureFlags int    `json:"signature_flags"`
}

type httpFile struct {
	URL       string `json:"url"`
	Checksum  string `json:"checksum"`
	Stored    stored `json:"stored"`
	Secret    string `json:"secret"`
	Accept    string `json:"accept"`
	UserAgent string `json:"user_agent"`
	PublicKey string `json:"public_key"`
	Signature string `json:"signature"`
}

type exec struct {
	Root         *reference  `json:"root"`
	RootReadOnly bool        `json:"root_read_only"`
	Args         []string    `json:"args"`
	Env          [][2]string `json:"env"`
	Cwd          string      `json:"cwd"`
	User         string      `json:"user"`
	Proxy        []string    `json:"proxy"`
	Hosts        [][2]string `json:"hosts"`
	Hostname     string      `json:"hostname"`
	Ulimits      []tuple     `json:"ulimits"`
	CgroupParent string      `json:"cgroup_parent"`
	ExitCodes    []int       `json:"exit_codes"`
	Network      int32       `json:"network"`
	Security     int32       `json:"security"`
	SecretEnv    []tuple     `json:"secret_env"`
	Devices      []tuple     `json:"devices"`
	Mounts       []mount     `json:"mounts"`
}

type tuple []json.RawMessage

// into reads the items, which are as many as the targets.
func (t tuple) into(targets ...any) error {
	if len(t) != len(targets) {
		return fmt.Errorf("%d items, not %d", len(t), len(targets))
	}
	for i, target := range targets {
		if err := json.Unmarshal(t[i], target); err != nil {
			return err
		}
	}
	return nil
}

type mount struct {
	Kind         string     `json:"kind"`
	Path         string     `json:"path"`
	Input        *reference `json:"input"`
	Selector     string     `json:"selector"`
	ReadOnly     bool       `json:"read_only"`
	Discard      bool       `json:"discard"`
	ContentCache int        `json:"content_cache"`
	ID           string     `json:"id"`
	Sharing      int        `json:"sharing"`
	Size         int64      `json:"size"`
	UID          int        `json:"uid"`
	GID          int        `json:"gid"`
	Mode         int        `json:"mode"`
	Optional     bool       `json:"optional"`
}

type fileOp struct {
	Base    *reference `json:"base"`
	Actions []action   `json:"actions"`
}

type action struct {
	Copy    *copyAction `json:"copy"`
	Mkdir   *makeAction `json:"mkdir"`
	Mkfile  *makeAction `json:"mkfile"`
	Symlink *makeAction `json:"symlink"`
	Remove  *remove     `json:"remove"`
}

type copyAction struct {
	From         *reference `json:"from"`
	FromFile     *fileOp    `json:"from_file"`
	Source       string     `json:"source"`
	Dest         string     `json:"dest"`
	Mode         *uint32    `json:"mode"`
	SymbolicMode string     `json:"symbolic_mode"`
	Owner        *owner     `json:"owner"`
	Time         *int64     `json:"time"`
	Include      []string   `json:"include"`
	Exclude      []string   `json:"exclude"`
	Require      []string   `json:"require"`
	Flags        uint32     `json:"flags"`
}

type makeAction struct {
	Path    string `json:"path"`
	Mode    uint32 `json:"mode"`
	Data    string `json:"data"`
	Parents bool   `json:"parents"`
	Owner   *owner `json:"owner"`
	Time    *int64 `json:"time"`
}

type remove struct {
	Path          string `json:"path"`
	AllowNotFound bool   `json:"allow_not_found"`
	AllowWildcard bool   `json:"allow_wildcard"`
}

type owner struct {
	User  *who `json:"user"`
	Group *who `json:"group"`
}

type who struct {
	Name string `json:"name"`
	ID   int    `json:"id"`
}

type diff struct {
	Lower *reference `json:"lower"`
	Upper *reference `json:"upper"`
}

type passthrough struct {
	ID     string  `json:"id"`
	Inputs []tuple `json:"inputs"`
}

type build struct {
	Input    reference `json:"input"`
	Filename string    `json:"filename"`
}
