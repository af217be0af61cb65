package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/moby/buildkit/client/llb"
)

// source returns the state of an op that fetches something.
func source(o op, opts []llb.ConstraintsOpt) (llb.State, error) {
	switch {
	case o.Image != nil:
		return imageState(o.Image, opts), nil
	case o.ImageBlob != nil:
		blobOpts := convert(opts, func(o llb.ConstraintsOpt) llb.ImageBlobOption { return o })
		blobOpts = append(blobOpts, blobOptions(o.ImageBlob)...)
		return llb.ImageBlob(o.ImageBlob.Name, blobOpts...), nil
	case o.LayoutBlob != nil:
		blobOpts := convert(opts, func(o llb.ConstraintsOpt) llb.ImageBlobOption { return o })
		blobOpts = append(blobOpts, blobOptions(o.LayoutBlob)...)
		blobOpts = append(blobOpts, llb.ImageBlobOCIStore(o.LayoutBlob.Session, o.LayoutBlob.Store))
		return llb.OCILayoutBlob(o.LayoutBlob.Name, blobOpts...), nil
	case o.OCILayout != nil:
		layoutOpts := convert(opts, func(o llb.ConstraintsOpt) llb.OCILayoutOption { return o })
		layoutOpts = append(layoutOpts, llb.OCIStore(o.OCILayout.Session, o.OCILayout.Store))
		if o.OCILayout.Layers != nil {
			layoutOpts = append(layoutOpts, llb.OCILayerLimit(*o.OCILayout.Layers))
		}
		return llb.OCILayout(o.OCILayout.Name, layoutOpts...), nil
	case o.Local != nil:
		return localState(o.Local, opts), nil
	case o.Git != nil:
		return gitState(o.Git, opts), nil
	case o.HTTP != nil:
		return httpState(o.HTTP, opts), nil
	}
	return llb.State{}, fmt.Errorf("an op of an unknown kind")
}

func imageState(i *image, opts []llb.ConstraintsOpt) llb.State {
	imageOpts := convert(opts, func(o llb.ConstraintsOpt) llb.ImageOption { return o })
	switch i.Mode {
	case "pull":
		imageOpts = append(imageOpts, llb.ResolveModeForcePull)
	case "local":
		imageOpts = append(imageOpts, llb.ResolveModePreferLocal)
	}
	if i.Internal {
		imageOpts = append(imageOpts, llb.MarkImageInternal)
	}
	if i.Layers != nil {
		imageOpts = append(imageOpts, llb.WithLayerLimit(*i.Layers))
	}
	if i.Checksum != "" {
		imageOpts = append(imageOpts, llb.WithImageChecksum(checksum(i.Checksum)))
	}
	return llb.Image(i.Name, imageOpts...)
}

func fileInfo(s stored) []llb.FileInfoOption {
	return []llb.FileInfoOption{
		llb.Filename(s.Filename),
		llb.Chmod(os.FileMode(s.Mode)),
		llb.Chown(s.UID, s.GID),
	}
}

func blobOptions(b *blob) []llb.ImageBlobOption {
	opts := []llb.ImageBlobOption{}
	for _, o := range fileInfo(b.Stored) {
		opts = append(opts, o)
	}
	return opts
}

func localState(l *local, opts []llb.ConstraintsOpt) llb.State {
	localOpts := convert(opts, func(o llb.ConstraintsOpt) llb.LocalOption { return o })
	localOpts = append(localOpts,
		llb.SessionID(l.Session),
		llb.LocalUniqueID(l.Unique),
		llb.IncludePatterns(l.Include),
		llb.ExcludePatterns(l.Exclude),
		llb.FollowPaths(l.Follow),
		llb.SharedKeyHint(l.Hint),
		llb.Differ(llb.DiffType(l.Differ), false),
	)
	if l.MetadataOnly {
		localOpts = append(localOpts, llb.MetadataOnlyTransfer(l.Exceptions))
	}
	return llb.Local(l.Name, localOpts...)
}

func gitState(g *git, opts []llb.ConstraintsOpt) llb.State {
	gitOpts := convert(opts, func(o llb.ConstraintsOpt) llb.GitOption { return o })
	gitOpts = append(gitOpts, llb.GitRef(g.Reference), llb.GitSubDir(g.Subdir))
	flags := []struct {
		set bool
		opt llb.GitOption
	}{
		{g.KeepGitDir, llb.KeepGitDir()},
		{g.SkipSubmodules, llb.GitSkipSubmodules()},
		{g.FetchByCommit, llb.GitFetchByCommit()},
		{g.CheckoutBundle, llb.GitCheckoutBundle()},
		{g.Checksum != "", llb.GitChecksum(g.Checksum)},
		{g.Mtime != "", llb.GitMTime(g.Mtime)},
		{g.KnownHosts != "", llb.KnownSSHHosts(g.KnownHosts)},
		{g.Agent != "", llb.MountSSHSock(g.Agent)},
		{g.Bundle != "", llb.GitBundleURL(g.Bundle, llb.GitBundleOCIStore(g.BundleSession, g.BundleStore))},
	}
	for _, f := range flags {
		if f.set {
			gitOpts = append(gitOpts, f.opt)
		}
	}
	if id := g.HeaderSecret; id != "" {
		gitOpts = append(gitOpts, llb.AuthHeaderSecret(strings.TrimPrefix(id, "-")))
	}
	if id := g.TokenSecret; id != "" {
		gitOpts = append(gitOpts, llb.AuthTokenSecret(strings.TrimPrefix(id, "-")))
	}
	return llb.Git(g.URL, "", gitOpts...)
}

func httpState(h *httpFile, opts []llb.ConstraintsOpt) llb.State {
	httpOpts := convert(opts, func(o llb.ConstraintsOpt) llb.HTTPOption { return o })
	for _, o := range fileInfo(h.Stored) {
		httpOpts = append(httpOpts, o)
	}
	if h.Checksum != "" {
		httpOpts = append(httpOpts, llb.Checksum(checksum(h.Checksum)))
	}
	if h.Secret != "" {
		httpOpts = append(httpOpts, llb.AuthHeaderSecret(h.Secret))
	}
	if h.Accept != "" || h.UserAgent != "" {
		httpOpts = append(httpOpts, llb.Header(llb.HTTPHeader{Accept: h.Accept, UserAgent: h.UserAgent}))
	}
	if h.PublicKey != "" {
		httpOpts = append(httpOpts, llb.VerifyPGPSignature(llb.HTTPSignatureInfo{
			PubKey: []byte(h.PublicKey), Signature: []byte(h.Signature),
		}))
	}
	return llb.HTTP(h.URL, httpOpts...)
}
