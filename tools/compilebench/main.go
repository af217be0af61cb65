// Command compilebench measures BuildKit's own compiler for Dockerfiles.
//
// It converts one file several times, from text to definition bytes, in this process and without a
// daemon, and prints one line of JSON: the nanoseconds of each time and the peak memory in bytes.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/frontend/dockerfile/dockerfile2llb"
	"github.com/moby/buildkit/util/appcontext"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"
)

type report struct {
	Nanoseconds []int64 `json:"nanoseconds"`
	PeakBytes   int64   `json:"peak_bytes"`
	Definition  int     `json:"definition_bytes"`
}

func main() {
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "compilebench:", err)
		os.Exit(1)
	}
}

func run(path, times string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	count, err := strconv.Atoi(times)
	if err != nil {
		return err
	}
	var out report
	for range count {
		start := time.Now()
		size, err := convert(appcontext.Context(), text)
		if err != nil {
			return err
		}
		out.Nanoseconds = append(out.Nanoseconds, time.Since(start).Nanoseconds())
		out.Definition = size
	}
	if out.PeakBytes, err = peak(); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(out)
}

func convert(ctx context.Context, text []byte) (int, error) {
	platform := ocispecs.Platform{OS: "linux", Architecture: "amd64"}
	result, err := dockerfile2llb.Dockerfile2LLB(ctx, text, dockerfile2llb.ConvertOpt{
		TargetPlatform: &platform,
		SourceMap:      llb.NewSourceMap(nil, "Dockerfile", "Dockerfile", text),
	})
	if err != nil {
		return 0, err
	}
	definition, err := result.State.Marshal(ctx, llb.Platform(platform))
	if err != nil {
		return 0, err
	}
	bytes, err := definition.ToPB().MarshalVT()
	return len(bytes), err
}

// peak returns the largest resident size this process has had.
func peak() (int64, error) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, err
	}
	for line := range strings.SplitSeq(string(status), "\n") {
		if rest, found := strings.CutPrefix(line, "VmHWM:"); found {
			kilobytes, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			return kilobytes * 1024, err
		}
	}
	return 0, fmt.Errorf("no VmHWM in /proc/self/status")
}
