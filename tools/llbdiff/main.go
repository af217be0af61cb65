// Command llbdiff compares graphs with what BuildKit's own builder and encoder make of them.
//
// It reads a JSON object a line: a described graph and the definition that was made of it. Every
// op is decoded and encoded again, and unless the graph holds something that the builder cannot
// make, it is built and the whole definition compared. With -vectors it prints every graph with
// the digests that BuildKit computes, for use without Go. With -platforms it reads texts and prints
// what platforms they are.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"slices"

	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/solver/pb"
	digest "github.com/opencontainers/go-digest"
	"google.golang.org/protobuf/proto"
)

type line struct {
	Graph      json.RawMessage `json:"graph"`
	Definition string          `json:"definition"`
}

// counts says how much was compared.
type counts struct {
	graphs, ops, built int
}

const worstShown = 5

func main() {
	vectors := flag.Bool("vectors", false, "print graphs with digests")
	specifiers := flag.Bool("platforms", false, "read platforms instead, and print how they are understood")
	flag.Parse()
	if *specifiers {
		answerPlatforms()
		return
	}
	c := counts{}
	failed := 0
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	for decoder := json.NewDecoder(in); decoder.More(); {
		var l line
		if err := decoder.Decode(&l); err != nil {
			fmt.Println("cannot read the input:", err)
			os.Exit(1)
		}
		c.graphs++
		digests, err := compare(l, &c)
		if err != nil {
			failed++
			if failed <= worstShown {
				fmt.Printf("graph %d: %v\n  %s\n", c.graphs-1, err, l.Graph)
			}
		}
		if *vectors {
			out, _ := json.Marshal(map[string]any{"graph": l.Graph, "digests": digests})
			fmt.Println(string(out))
		}
	}
	if failed > 0 {
		fmt.Printf("%d of %d graphs differ\n", failed, c.graphs)
		os.Exit(1)
	}
	if !*vectors {
		fmt.Printf("%d graphs agree: %d ops encoded again, %d graphs built again\n", c.graphs, c.ops, c.built)
	}
}

// compare returns the digests of the ops as BuildKit has them.
func compare(l line, c *counts) ([]string, error) {
	data, err := hex.DecodeString(l.Definition)
	if err != nil {
		return nil, err
	}
	if err := takesAsDaemon(data); err != nil {
		return nil, err
	}
	var ours pb.Definition
	if err := proto.Unmarshal(data, &ours); err != nil {
		return nil, err
	}
	digests := []string{}
	for i, dt := range ours.Def {
		c.ops++
		var op pb.Op
		if err := proto.Unmarshal(dt, &op); err != nil {
			return nil, err
		}
		again, err := op.Marshal()
		if err != nil {
			return nil, err
		}
		digests = append(digests, string(digest.FromBytes(again)))
		if !bytes.Equal(again, dt) {
			return digests, fmt.Errorf("op %d is encoded as\n  %x, not\n  %x\n  %v", i, again, dt, &op)
		}
	}
	var g graph
	decoder := json.NewDecoder(bytes.NewReader(l.Graph))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&g); err != nil {
		return digests, err
	}
	if g.Raw {
		return digests, nil
	}
	c.built++
	return digests, compareBuilt(&g, &ours)
}

func compareBuilt(g *graph, ours *pb.Definition) error {
	st, err := g.build()
	if err != nil {
		return err
	}
	caps := pb.Caps.CapSet(pb.Caps.All())
	def, err := st.Marshal(context.Background(), llb.Platform(g.Platform.spec()), llb.WithCaps(caps))
	if err != nil {
		return err
	}
	theirs := def.ToPB()
	if err := compareOps(theirs.Def, ours.Def); err != nil {
		return err
	}
	if len(theirs.Metadata) != len(ours.Metadata) {
		return fmt.Errorf("metadata: %d entries, not %d", len(theirs.Metadata), len(ours.Metadata))
	}
	for dgst, md := range theirs.Metadata {
		if !proto.Equal(md, ours.Metadata[dgst]) {
			return fmt.Errorf("metadata of %s is\n  %v, not\n  %v", dgst, md, ours.Metadata[dgst])
		}
	}
	if len(theirs.Def) == 0 {
		return nil
	}
	their, our := places(theirs.Source), places(ours.Source)
	if len(their) != len(our) {
		return fmt.Errorf("locations of %d ops, not of %d", len(their), len(our))
	}
	for dgst, want := range their {
		if !slices.Equal(want, our[dgst]) {
			return fmt.Errorf("locations of %s are %v, not %v", dgst, want, our[dgst])
		}
	}
	return nil
}

// takesAsDaemon decodes a definition as the daemon does. Its decoder leaves nil what a map entry has
// no value for, and the daemon dereferences what it finds.
func takesAsDaemon(dt []byte) error {
	var def pb.Definition
	if err := def.UnmarshalVT(dt); err != nil {
		return err
	}
	for dgst, md := range def.Metadata {
		if md == nil {
			return fmt.Errorf("metadata of %s is nil", dgst)
		}
	}
	for dgst, locations := range def.Source.GetLocations() {
		if locations == nil {
			return fmt.Errorf("locations of %s are nil", dgst)
		}
	}
	return nil
}

func compareOps(theirs, ours [][]byte) error {
	for i := range max(len(theirs), len(ours)) {
		if i >= len(theirs) || i >= len(ours) {
			return fmt.Errorf("%d ops, not %d", len(theirs), len(ours))
		}
		if !bytes.Equal(theirs[i], ours[i]) {
			var a, b pb.Op
			if err := proto.Unmarshal(theirs[i], &a); err != nil {
				return err
			}
			if err := proto.Unmarshal(ours[i], &b); err != nil {
				return err
			}
			return fmt.Errorf("op %d is\n  %v, not\n  %v", i, &a, &b)
		}
	}
	return nil
}

// places returns the places of every op that has one, each once, in an order that does not matter.
func places(source *pb.Source) map[string][]string {
	all := map[string][]string{}
	for dgst, locations := range source.GetLocations() {
		list := []string{}
		for _, location := range locations.Locations {
			info := source.Infos[location.SourceIndex]
			for _, r := range location.Ranges {
				place := fmt.Sprintf("%s %s %q %d-%d", info.Filename, info.Language, info.Data, r.Start.Line, r.End.Line)
				list = append(list, place)
			}
		}
		if len(list) == 0 {
			continue
		}
		slices.Sort(list)
		all[dgst] = slices.Compact(list)
	}
	return all
}
