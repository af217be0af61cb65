package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/solver/pb"
)

// view is what the log and an error show of a vertex.
type view struct {
	// name is what the progress shows.
	name string
	// command is the instruction, and whether the log shows it as a part of another row.
	command string
	// lines are those of the file that are marked.
	lines string
	// shared tells whether several places of the file gave the vertex; then one of them names it.
	shared bool
}

func newView(meta *pb.OpMetadata, locations *pb.Locations) view {
	description := meta.GetDescription()
	v := view{
		name:    description["llb.customname"],
		command: fmt.Sprintf("%q", description["com.docker.dockerfile.v1.command"]),
		shared:  len(locations.GetLocations()) > 1,
	}
	if group := meta.GetProgressGroup(); group != nil {
		v.command += fmt.Sprintf(" in a row, weak %v", group.Weak)
	}
	var lines []string
	for _, location := range locations.GetLocations() {
		for _, r := range location.Ranges {
			line := fmt.Sprintf("%d-%d", r.GetStart().GetLine(), r.GetEnd().GetLine())
			if !slices.Contains(lines, line) {
				lines = append(lines, line)
			}
		}
	}
	slices.Sort(lines)
	v.lines = strings.Join(lines, ",")
	return v
}

// addViews notes what is shown of every op.
func addViews(ops []op, def *pb.Definition) {
	for i := range ops {
		o := &ops[i]
		o.view = newView(def.GetMetadata()[o.before], def.GetSource().GetLocations()[o.before])
	}
}

// otherwiseShown says of which equal ops an error shows something else.
func otherwiseShown(theirs, ours []op) []string {
	known := map[string]view{}
	for _, o := range ours {
		known[o.digest] = o.view
	}
	var out []string
	for _, o := range theirs {
		found, ok := known[o.digest]
		if !ok {
			continue
		}
		if found.command != o.view.command && !o.view.shared {
			out = append(out, fmt.Sprintf("command of %s:\n  upstream: %s\n  ours:     %s", o.view.name, o.view.command, found.command))
		}
		// A download is marked by us only, and an image where a mount names it, too.
		if o.op.GetSource() != nil && isPart(o.view.lines, found.lines) || o.view.lines == "" {
			continue
		}
		if found.lines != o.view.lines {
			out = append(out, fmt.Sprintf("lines of %s:\n  upstream: %s\n  ours:     %s", o.view.name, o.view.lines, found.lines))
		}
	}
	return out
}

// isPart tells whether all lines of a list are in another one.
func isPart(part, whole string) bool {
	lines := strings.Split(whole, ",")
	for _, line := range strings.Split(part, ",") {
		if line != "" && !slices.Contains(lines, line) {
			return false
		}
	}
	return true
}

// sourceMap is that of a Dockerfile.
func sourceMap(dockerfile string) *llb.SourceMap {
	return llb.NewSourceMap(nil, "Dockerfile", "Dockerfile", []byte(dockerfile))
}
