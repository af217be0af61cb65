// Command parity compares a definition and an image config of ours with those that BuildKit's own
// Dockerfile compiler makes of an equal Dockerfile, op by op.
//
// It reads cases as JSON from standard input and answers each with
// one line of JSON: the differences, none when all is equal. Sessions are made constant and ops are
// hashed anew from the bottom up, as a session is the one thing two requests never share.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"reflect"
	"runtime"
	"slices"
	"sort"
	"strings"

	"github.com/containerd/platforms"
	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/client/llb/sourceresolver"
	"github.com/moby/buildkit/frontend/dockerfile/dockerfile2llb"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/moby/buildkit/frontend/dockerui"
	"github.com/moby/buildkit/solver/pb"
	digest "github.com/opencontainers/go-digest"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

type image struct {
	Digest string          `json:"digest"`
	Config json.RawMessage `json:"config"`
}

type request struct {
	Dockerfile     string            `json:"dockerfile"`
	Target         string            `json:"target"`
	Platform       string            `json:"platform"`
	BuildArgs      map[string]string `json:"build_args"`
	Labels         map[string]string `json:"labels"`
	CacheNamespace string            `json:"cache_namespace"`
	Images         map[string]image  `json:"images"`
	Definition     []byte            `json:"definition"`
	Config         json.RawMessage   `json:"config"`
	// Contexts are the named contexts of the build.
	Contexts map[string]string `json:"contexts"`
	// Names says whether what the progress shows of equal ops is compared.
	Names bool `json:"names"`
	// Warnings are compared only if they are there, and with them what an error shows of each op.
	Warnings *[]string `json:"warnings"`
}

type answer struct {
	Error       string   `json:"error,omitempty"`
	Ops         int      `json:"ops"`
	Differences []string `json:"differences"`
}

type resolver map[string]image

// ResolveImageConfig knows the images of the case, and those of any name if there is one called `*`.
func (r resolver) ResolveImageConfig(_ context.Context, ref string, opt sourceresolver.Opt) (string, digest.Digest, []byte, error) {
	if found, ok := r[ref]; ok {
		return ref, digest.Digest(found.Digest), found.Config, nil
	}
	any, ok := r["*"]
	if !ok {
		return "", "", nil, fmt.Errorf("no image %s in this case", ref)
	}
	config := any.Config
	if opt.ImageOpt != nil && opt.ImageOpt.Platform != nil && !strings.Contains(ref, "amd64-only") {
		config = bytes.ReplaceAll(config, []byte("amd64"), []byte(opt.ImageOpt.Platform.Architecture))
		config = bytes.ReplaceAll(config, []byte("linux"), []byte(opt.ImageOpt.Platform.OS))
	}
	if _, pinned, ok := strings.Cut(ref, "@"); ok {
		return ref, digest.Digest(pinned), config, nil
	}
	return ref, digest.Digest(any.Digest), config, nil
}

func main() {
	work, order := make(chan *job, 64), make(chan *job, 64)
	for range runtime.NumCPU() {
		go func() {
			for it := range work {
				it.done <- compared(&it.req)
			}
		}()
	}
	go read(work, order)
	out := json.NewEncoder(os.Stdout)
	for it := range order {
		if err := out.Encode(<-it.done); err != nil {
			fail(err)
		}
	}
}

// job is one case on its way.
type job struct {
	req  request
	done chan answer
}

// read hands every case to whoever is free, and to the one who keeps the order.
func read(work, order chan<- *job) {
	decoder := json.NewDecoder(bufio.NewReaderSize(os.Stdin, 1<<20))
	for {
		it := &job{done: make(chan answer, 1)}
		if err := decoder.Decode(&it.req); err == io.EOF {
			close(work)
			close(order)
			return
		} else if err != nil {
			fail(err)
		}
		order <- it
		work <- it
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "parity:", err)
	os.Exit(2)
}

// compared answers a case; a panic of the other side is an error of it.
func compared(req *request) (res answer) {
	res.Differences = []string{}
	defer func() {
		if found := recover(); found != nil {
			res.Error = fmt.Sprintf("upstream panics: %v", found)
		}
	}()
	if err := compare(req, &res); err != nil {
		res.Error = err.Error()
	}
	return res
}

func compare(req *request, res *answer) error {
	theirs, err := compile(req)
	if err != nil {
		return fmt.Errorf("upstream: %w", err)
	}
	config, warnings := theirs.config, theirs.warnings
	var def pb.Definition
	if err := proto.Unmarshal(req.Definition, &def); err != nil {
		return fmt.Errorf("our definition: %w", err)
	}
	ours, err := normalise(def.Def)
	if err != nil {
		return fmt.Errorf("our definition: %w", err)
	}
	addViews(ours, &def)
	res.Ops = len(theirs.ops)
	res.Differences = append(res.Differences, onlyIn("upstream", theirs.ops, ours)...)
	res.Differences = append(res.Differences, onlyIn("ours", ours, theirs.ops)...)
	if req.Names {
		res.Differences = append(res.Differences, compareNames(theirs.ops, ours, req.countsOtherwise())...)
	}
	if len(req.Config) > 0 {
		diff, err := compareConfigs(config, req.Config)
		if err != nil {
			return err
		}
		res.Differences = append(res.Differences, diff...)
	}
	if req.Warnings != nil {
		res.Differences = append(res.Differences, otherwiseShown(theirs.ops, ours)...)
		res.Differences = append(res.Differences, onlyThere("upstream", warnings, *req.Warnings)...)
		res.Differences = append(res.Differences, onlyThere("ours", *req.Warnings, warnings)...)
	}
	return nil
}

func onlyThere(side string, these, those []string) []string {
	var out []string
	for _, it := range these {
		if !slices.Contains(those, it) {
			out = append(out, fmt.Sprintf("only %s warns: %s", side, it))
		}
	}
	return out
}

// compiled is what the other side makes of a case.
type compiled struct {
	ops      []op
	config   []byte
	warnings []string
}

func compile(req *request) (*compiled, error) {
	platform, err := platforms.Parse(req.Platform)
	if err != nil {
		return nil, err
	}
	platform = platforms.Normalize(platform)
	build := ocispecs.Platform{OS: "linux", Architecture: "amd64"}
	caps := pb.Caps.CapSet(pb.Caps.All())
	opt := dockerfile2llb.ConvertOpt{
		Config: dockerui.Config{
			BuildArgs:        req.BuildArgs,
			Labels:           req.Labels,
			CacheIDNamespace: req.CacheNamespace,
			Target:           req.Target,
			BuildPlatforms:   []ocispecs.Platform{build},
		},
		TargetPlatform: &platform,
		MetaResolver:   resolver(req.Images),
		LLBCaps:        &caps,
		SourceMap:      sourceMap(req.Dockerfile),
	}
	var warnings []string
	opt.Warn = func(rule, description, url, message string, location []parser.Range) {
		// The named images of a case are for whatever platform is asked for first. Of an image that
		// a mount names nobody says where.
		_, ok := req.Images["*"]
		if rule == "InvalidBaseImagePlatform" && (!ok || len(location) == 0) {
			return
		}
		line := 0
		if len(location) > 0 {
			line = location[0].Start.Line
		}
		warnings = append(warnings, fmt.Sprintf("%d %s: %s (%s) %s", line, rule, message, description, url))
	}
	if len(req.Contexts) > 0 {
		if opt.Client, err = newClient(req); err != nil {
			return nil, err
		}
	}
	result, err := dockerfile2llb.Dockerfile2LLB(context.Background(), []byte(req.Dockerfile), opt)
	if err != nil {
		return nil, err
	}
	config, err := json.Marshal(result.Image)
	if err != nil {
		return nil, err
	}
	def, err := result.State.Marshal(context.Background(), llb.WithCaps(caps))
	if err != nil {
		return nil, err
	}
	ops, err := normalise(def.Def)
	if err != nil {
		return nil, err
	}
	addViews(ops, def.ToPB())
	return &compiled{ops, config, warnings}, nil
}

type op struct {
	// before is its digest as it came.
	before string
	digest string
	op     *pb.Op
	view   view
}

// normalise hashes ops anew with every session the same.
func normalise(def [][]byte) ([]op, error) {
	renamed := map[string]string{}
	var ops []op
	for _, dt := range def {
		var o pb.Op
		if err := proto.Unmarshal(dt, &o); err != nil {
			return nil, err
		}
		before := digest.FromBytes(dt).String()
		for _, in := range o.Inputs {
			name, ok := renamed[in.Digest]
			if !ok {
				return nil, fmt.Errorf("an op uses %s, which does not come before it", in.Digest)
			}
			in.Digest = name
		}
		if source := o.GetSource(); source != nil {
			delete(source.Attrs, pb.AttrLocalUniqueID)
			delete(source.Attrs, pb.AttrLocalSessionID)
		}
		dt, err := proto.MarshalOptions{Deterministic: true}.Marshal(&o)
		if err != nil {
			return nil, err
		}
		after := digest.FromBytes(dt).String()
		renamed[before] = after
		ops = append(ops, op{before: before, digest: after, op: &o})
	}
	return ops, nil
}

func onlyIn(side string, these, those []op) []string {
	known := map[string]bool{}
	for _, o := range those {
		known[o.digest] = true
	}
	var out []string
	for _, o := range these {
		if !known[o.digest] {
			out = append(out, fmt.Sprintf("only %s: %s", side, protojson.MarshalOptions{}.Format(o.op)))
		}
	}
	return out
}

// compareNames compares the names of the ops that both have. Steps that two stages share may be
// named after either. The numbers are left out if BuildKit counts otherwise.
func compareNames(theirs, ours []op, countsOtherwise bool) []string {
	names := map[string]string{}
	for _, o := range ours {
		names[o.digest] = o.view.name
	}
	var out []string
	for _, o := range theirs {
		name, ok := names[o.digest]
		if !ok || name == o.view.name {
			continue
		}
		left, right := split(o.view.name), split(name)
		if left.text == right.text && (left.stage != right.stage || countsOtherwise) {
			continue
		}
		out = append(out, fmt.Sprintf("name:\n  upstream: %s\n  ours:     %s", o.view.name, name))
	}
	return out
}

// stepName is the name of a step in its parts: `[stage 1/2] text`.
type stepName struct {
	stage, text string
}

func split(name string) stepName {
	place, text, ok := strings.Cut(name, "] ")
	if !ok {
		return stepName{text: name}
	}
	place = strings.TrimPrefix(place, "[")
	stage := place[:strings.LastIndex(place, " ")+1]
	return stepName{stage: strings.TrimSpace(stage), text: text}
}

// countsOtherwise says whether BuildKit counts steps that are not there, or not those that are: it
// counts before it knows all ONBUILD triggers, and counts a directory that a stage starts from.
func (r *request) countsOtherwise() bool {
	if len(r.Contexts) > 0 {
		return true
	}
	for _, found := range r.Images {
		if bytes.Contains(found.Config, []byte("OnBuild")) {
			return true
		}
	}
	return strings.Contains(strings.ToUpper(r.Dockerfile), "ONBUILD")
}

func compareConfigs(theirs, ours []byte) ([]string, error) {
	var a, b map[string]any
	if err := json.Unmarshal(theirs, &a); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(ours, &b); err != nil {
		return nil, err
	}
	// The exporter writes the layers.
	delete(a, "rootfs")
	delete(b, "rootfs")
	keys := map[string]bool{}
	for k := range a {
		keys[k] = true
	}
	for k := range b {
		keys[k] = true
	}
	var names []string
	for k := range keys {
		names = append(names, k)
	}
	sort.Strings(names)
	var out []string
	for _, k := range names {
		if !reflect.DeepEqual(a[k], b[k]) {
			left, _ := json.Marshal(a[k])
			right, _ := json.Marshal(b[k])
			out = append(out, fmt.Sprintf("config %s:\n  upstream: %s\n  ours:     %s", k, left, right))
		}
	}
	return out, nil
}
