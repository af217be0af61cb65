package main

import (
	"context"
	"os"
	"strings"

	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/client/llb/sourceresolver"
	"github.com/moby/buildkit/frontend/dockerui"
	gateway "github.com/moby/buildkit/frontend/gateway/client"
	gwpb "github.com/moby/buildkit/frontend/gateway/pb"
	"github.com/moby/buildkit/solver/pb"
	digest "github.com/opencontainers/go-digest"
)

// daemon answers what BuildKit's frontend asks of named contexts: there are the images of the case,
// and no directory has an ignore file.
type daemon struct {
	gateway.Client
	options map[string]string
	images  resolver
}

// newClient returns BuildKit's own reader of named contexts.
func newClient(req *request) (*dockerui.Client, error) {
	options := map[string]string{}
	for name, value := range req.Contexts {
		options["context:"+name] = value
	}
	return dockerui.NewClient(&daemon{options: options, images: req.Images})
}

func (d *daemon) BuildOpts() gateway.BuildOpts {
	caps := pb.Caps.CapSet(pb.Caps.All())
	own := gwpb.Caps.CapSet(gwpb.Caps.All())
	return gateway.BuildOpts{Opts: d.options, SessionID: "session", LLBCaps: caps, Caps: own}
}

// ResolveImageConfig answers with the name of the image and its digest, as a daemon does.
func (d *daemon) ResolveImageConfig(ctx context.Context, ref string, opt sourceresolver.Opt) (string, digest.Digest, []byte, error) {
	ref, dgst, config, err := d.images.ResolveImageConfig(ctx, ref, opt)
	if err == nil && !strings.Contains(ref, "@") {
		ref += "@" + dgst.String()
	}
	return ref, dgst, config, err
}

func (d *daemon) Solve(context.Context, gateway.SolveRequest) (*gateway.Result, error) {
	res := gateway.NewResult()
	res.SetRef(directory{})
	return res, nil
}

func (d *daemon) Inputs(context.Context) (map[string]llb.State, error) {
	return nil, nil
}

// directory has no files.
type directory struct{ gateway.Reference }

func (directory) ReadFile(context.Context, gateway.ReadRequest) ([]byte, error) {
	return nil, os.ErrNotExist
}
