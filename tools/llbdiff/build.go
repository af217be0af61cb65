package main

import (
	"fmt"
	"net"
	"os"
	"time"

	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/client/llb/llbbuild"
	"github.com/moby/buildkit/solver/pb"
	digest "github.com/opencontainers/go-digest"
)

// made is what became of a vertex: a way to its outputs.
type made func(reference) llb.Output

func only(out llb.Output) made {
	return func(reference) llb.Output { return out }
}

type builder struct {
	made []made
	maps []*llb.SourceMap
}

// build returns the state that the graph wants, made with BuildKit's builder.
func (g *graph) build() (llb.State, error) {
	b := &builder{}
	for _, f := range g.Files {
		b.maps = append(b.maps, llb.NewSourceMap(nil, f.Name, f.Language, []byte(f.Data)))
	}
	for i, v := range g.Vertices {
		m, err := b.vertex(v)
		if err != nil {
			return llb.State{}, fmt.Errorf("vertex %d: %w", i, err)
		}
		b.made = append(b.made, m)
	}
	return b.state(g.Result), nil
}

func (b *builder) output(r *reference) llb.Output {
	if r == nil {
		return nil
	}
	return b.made[r.Vertex](*r)
}

func (b *builder) state(r *reference) llb.State {
	if out := b.output(r); out != nil {
		return llb.NewState(out)
	}
	return llb.Scratch()
}

func (b *builder) states(refs []*reference) []llb.State {
	states := []llb.State{}
	for _, r := range refs {
		states = append(states, b.state(r))
	}
	return states
}

// options returns where a vertex runs and what it carries.
func (b *builder) options(v vertex) []llb.ConstraintsOpt {
	opts := []llb.ConstraintsOpt{llb.Require(v.Constraints...)}
	if v.Platform != nil {
		opts = append(opts, llb.Platform(v.Platform.spec()))
	}
	c := v.Carried
	if c.Name != nil {
		opts = append(opts, llb.WithCustomName(*c.Name))
	}
	for _, d := range c.Description {
		opts = append(opts, llb.WithDescription(map[string]string{d[0]: d[1]}))
	}
	if c.IgnoreCache {
		opts = append(opts, llb.IgnoreCache)
	}
	if c.ExportCache == "always" {
		opts = append(opts, llb.WithExportCache())
	}
	if c.ExportCache == "never" {
		opts = append(opts, llb.WithoutExportCache())
	}
	if c.Group != nil {
		opts = append(opts, llb.ProgressGroup(c.Group.ID, c.Group.Name, c.Group.Weak))
	}
	if l := c.Limits; l != nil {
		opts = append(opts, llb.WithLinuxResources(llb.LinuxResources{
			Memory:     l.Memory,
			MemorySwap: l.MemorySwap,
			CPUShares:  l.CPUShares,
			CPUPeriod:  l.CPUPeriod,
			CPUQuota:   l.CPUQuota,
			CpusetCpus: l.CPUs,
			CpusetMems: l.Mems,
		}))
	}
	for _, l := range c.Locations {
		r := &pb.Range{Start: &pb.Position{Line: l.First}, End: &pb.Position{Line: l.Last}}
		opts = append(opts, b.maps[l.File].Location([]*pb.Range{r}))
	}
	return opts
}

// convert gives a list of options the type that an op wants.
func convert[T any](opts []llb.ConstraintsOpt, to func(llb.ConstraintsOpt) T) []T {
	out := []T{}
	for _, o := range opts {
		out = append(out, to(o))
	}
	return out
}

func (b *builder) vertex(v vertex) (made, error) {
	o, err := parseOp(v.Op)
	if err != nil {
		return nil, err
	}
	opts := b.options(v)
	switch {
	case o.Exec != nil:
		return b.exec(o.Exec, opts)
	case o.File != nil:
		st := b.state(o.File.Base)
		actions, err := b.actions(o.File)
		if err != nil {
			return nil, err
		}
		return only(st.File(actions, opts...).Output()), nil
	case o.Diff != nil:
		return only(llb.Diff(b.state(o.Diff.Lower), b.state(o.Diff.Upper), opts...).Output()), nil
	case o.Passthrough != nil:
		return b.passthrough(o.Passthrough, opts)
	case o.Build != nil:
		buildOpts := []llbbuild.BuildOption{llbbuild.WithFilename(o.Build.Filename)}
		for _, opt := range opts {
			buildOpts = append(buildOpts, llbbuild.WithConstraints(opt))
		}
		return only(llbbuild.NewBuildOp(b.output(&o.Build.Input), buildOpts...).Output()), nil
	case o.Merge != nil:
		return only(llb.Merge(b.states(*o.Merge), opts...).Output()), nil
	}
	st, err := source(o, opts)
	if err != nil {
		return nil, err
	}
	return only(st.Output()), nil
}

func (b *builder) passthrough(p *passthrough, opts []llb.ConstraintsOpt) (made, error) {
	inputs := []llb.PassthroughInput{}
	for _, t := range p.Inputs {
		var r reference
		var isOutput bool
		if err := t.into(&r, &isOutput); err != nil {
			return nil, err
		}
		inputs = append(inputs, llb.PassthroughInput{State: b.state(&r), Output: isOutput})
	}
	op := llb.NewPassthroughOp(p.ID, inputs, opts...)
	return func(r reference) llb.Output { return op.OutputAt(r.Index) }, nil
}

func (b *builder) exec(e *exec, opts []llb.ConstraintsOpt) (made, error) {
	st := b.state(e.Root).Dir(e.Cwd)
	run := []llb.RunOption{llb.Args(e.Args)}
	for _, o := range opts {
		run = append(run, o)
	}
	for _, v := range e.Env {
		st = st.AddEnv(v[0], v[1])
	}
	if e.User != "" {
		st = st.User(e.User)
	}
	if e.Hostname != "" {
		st = st.Hostname(e.Hostname)
	}
	st = st.Network(pb.NetMode(e.Network)).Security(pb.SecurityMode(e.Security))
	for _, h := range e.Hosts {
		st = st.AddExtraHost(h[0], net.ParseIP(h[1]))
	}
	for _, t := range e.Ulimits {
		var name string
		var soft, hard int64
		if err := t.into(&name, &soft, &hard); err != nil {
			return nil, err
		}
		st = st.AddUlimit(llb.UlimitName(name), soft, hard)
	}
	if e.CgroupParent != "" {
		st = st.WithCgroupParent(e.CgroupParent)
	}
	if e.RootReadOnly {
		run = append(run, llb.ReadonlyRootFS())
	}
	if p := e.Proxy; len(p) == 5 {
		run = append(run, llb.WithProxy(llb.ProxyEnv{
			HTTPProxy: p[0], HTTPSProxy: p[1], FTPProxy: p[2], NoProxy: p[3], AllProxy: p[4],
		}))
	}
	if len(e.ExitCodes) > 0 {
		run = append(run, llb.ValidExitCodes(e.ExitCodes...))
	}
	more, err := execLists(e)
	if err != nil {
		return nil, err
	}
	run = append(run, more...)
	for _, m := range e.Mounts {
		run = append(run, b.mount(m)...)
	}
	es := st.Run(run...)
	return func(r reference) llb.Output {
		if r.Mount == "/" {
			return es.Output()
		}
		return es.GetMount(r.Mount).Output()
	}, nil
}

func execLists(e *exec) ([]llb.RunOption, error) {
	run := []llb.RunOption{}
	for _, t := range e.SecretEnv {
		var name, id string
		var optional bool
		if err := t.into(&name, &id, &optional); err != nil {
			return nil, err
		}
		secret := []llb.SecretOption{llb.SecretAsEnvName(name)}
		if optional {
			secret = append(secret, llb.SecretOptional)
		}
		run = append(run, llb.AddSecretWithDest(id, nil, secret...))
	}
	for _, t := range e.Devices {
		var name string
		var optional bool
		if err := t.into(&name, &optional); err != nil {
			return nil, err
		}
		device := []llb.CDIDeviceOption{llb.CDIDeviceName(name)}
		if optional {
			device = append(device, llb.CDIDeviceOptional)
		}
		run = append(run, llb.AddCDIDevice(device...))
	}
	return run, nil
}

func (b *builder) mount(m mount) []llb.RunOption {
	opts := []llb.MountOption{llb.SourcePath(m.Selector)}
	if m.ReadOnly {
		opts = append(opts, llb.Readonly)
	}
	switch m.Kind {
	case "bind":
		if m.Discard {
			opts = append(opts, llb.ForceNoOutput)
		}
		opts = append(opts, llb.ContentCache(llb.MountContentCache(m.ContentCache)))
	case "cache":
		opts = append(opts, llb.AsPersistentCacheDir(m.ID, llb.CacheMountSharingMode(m.Sharing)))
	case "tmpfs":
		opts = append(opts, llb.Tmpfs(llb.TmpfsSize(m.Size)))
	case "secret":
		secret := []llb.SecretOption{llb.SecretID(m.ID), llb.SecretFileOpt(m.UID, m.GID, m.Mode)}
		if m.Optional {
			secret = append(secret, llb.SecretOptional)
		}
		return []llb.RunOption{llb.AddSecret(m.Path, secret...)}
	default:
		ssh := []llb.SSHOption{llb.SSHID(m.ID), llb.SSHSocketOpt(m.Path, m.UID, m.GID, m.Mode)}
		if m.Optional {
			ssh = append(ssh, llb.SSHOptional)
		}
		return []llb.RunOption{llb.AddSSHSocket(ssh...)}
	}
	return []llb.RunOption{llb.AddMount(m.Path, b.state(m.Input), opts...)}
}

func (b *builder) actions(f *fileOp) (*llb.FileAction, error) {
	var chain *llb.FileAction
	for _, a := range f.Actions {
		next, err := b.action(chain, a)
		if err != nil {
			return nil, err
		}
		chain = next
	}
	return chain, nil
}

func (b *builder) action(chain *llb.FileAction, a action) (*llb.FileAction, error) {
	switch {
	case a.Copy != nil:
		return b.copyFiles(chain, a.Copy)
	case a.Mkdir != nil:
		m := a.Mkdir
		info := &llb.MkdirInfo{MakeParents: m.Parents, ChownOpt: m.Owner.opt(), CreatedTime: at(m.Time)}
		if chain == nil {
			return llb.Mkdir(m.Path, os.FileMode(m.Mode), info), nil
		}
		return chain.Mkdir(m.Path, os.FileMode(m.Mode), info), nil
	case a.Mkfile != nil:
		m := a.Mkfile
		info := &llb.MkfileInfo{ChownOpt: m.Owner.opt(), CreatedTime: at(m.Time)}
		if chain == nil {
			return llb.Mkfile(m.Path, os.FileMode(m.Mode), []byte(m.Data), info), nil
		}
		return chain.Mkfile(m.Path, os.FileMode(m.Mode), []byte(m.Data), info), nil
	case a.Symlink != nil:
		m := a.Symlink
		info := &llb.SymlinkInfo{ChownOpt: m.Owner.opt(), CreatedTime: at(m.Time)}
		if chain == nil {
			return llb.Symlink(m.Data, m.Path, info), nil
		}
		return chain.Symlink(m.Data, m.Path, info), nil
	case a.Remove != nil:
		r := a.Remove
		info := &llb.RmInfo{AllowNotFound: r.AllowNotFound, AllowWildcard: r.AllowWildcard}
		if chain == nil {
			return llb.Rm(r.Path, info), nil
		}
		return chain.Rm(r.Path, info), nil
	}
	return nil, fmt.Errorf("an action does nothing")
}

func (b *builder) copyFiles(chain *llb.FileAction, c *copyAction) (*llb.FileAction, error) {
	flag := func(bit int) bool { return c.Flags>>bit&1 == 1 }
	info := &llb.CopyInfo{
		FollowSymlinks:                 flag(0),
		CopyDirContentsOnly:            flag(1),
		AttemptUnpack:                  flag(2),
		CreateDestPath:                 flag(3),
		AllowWildcard:                  flag(4),
		AllowEmptyWildcard:             flag(5),
		AlwaysReplaceExistingDestPaths: flag(6),
		IncludePatterns:                c.Include,
		ExcludePatterns:                c.Exclude,
		RequiredPaths:                  c.Require,
		ChownOpt:                       c.Owner.opt(),
		CreatedTime:                    at(c.Time),
	}
	if c.Mode != nil {
		info.Mode = &llb.ChmodOpt{Mode: os.FileMode(*c.Mode)}
	}
	if c.SymbolicMode != "" {
		info.Mode = &llb.ChmodOpt{ModeStr: c.SymbolicMode}
	}
	var from llb.CopyInput = b.state(c.From)
	if c.FromFile != nil {
		actions, err := b.actions(c.FromFile)
		if err != nil {
			return nil, err
		}
		from = actions.WithState(b.state(c.FromFile.Base))
	}
	if chain == nil {
		return llb.Copy(from, c.Source, c.Dest, info), nil
	}
	return chain.Copy(from, c.Source, c.Dest, info), nil
}

func (o *owner) opt() *llb.ChownOpt {
	if o == nil {
		return nil
	}
	return &llb.ChownOpt{User: o.User.opt(), Group: o.Group.opt()}
}

func (w *who) opt() *llb.UserOpt {
	if w == nil {
		return nil
	}
	return &llb.UserOpt{Name: w.Name, UID: w.ID}
}

func at(nanoseconds *int64) *time.Time {
	if nanoseconds == nil {
		return nil
	}
	t := time.Unix(0, *nanoseconds)
	return &t
}

func checksum(text string) digest.Digest { return digest.Digest(text) }
