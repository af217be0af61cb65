// Command ignorediff says what BuildKit's clients make of ignore files.
//
// It reads a JSON object a line: an ignore file and paths. It answers with one: the patterns of the
// file, whether one of them is none, and for each path y (left out), n (sent) or e (an error).
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/moby/patternmatcher"
	"github.com/moby/patternmatcher/ignorefile"
)

type question struct {
	File  string   `json:"file"`
	Paths []string `json:"paths"`
}

type answer struct {
	Patterns []string `json:"patterns"`
	Bad      bool     `json:"bad"`
	Paths    string   `json:"paths"`
}

func main() {
	questions := json.NewDecoder(os.Stdin)
	answers := json.NewEncoder(os.Stdout)
	for {
		var q question
		if err := questions.Decode(&q); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			fmt.Fprintln(os.Stderr, "cannot read the input:", err)
			os.Exit(1)
		}
		a, err := ask(q)
		if err == nil {
			err = answers.Encode(a)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

func ask(q question) (answer, error) {
	patterns, err := ignorefile.ReadAll(strings.NewReader(q.File))
	if err != nil {
		return answer{}, err
	}
	a := answer{Patterns: patterns}
	matcher, err := patternmatcher.New(patterns)
	if err != nil {
		a.Bad = true
		return a, nil
	}
	for _, path := range q.Paths {
		ignored, err := matcher.MatchesOrParentMatches(path)
		switch {
		case err != nil:
			a.Paths += "e"
		case ignored:
			a.Paths += "y"
		default:
			a.Paths += "n"
		}
	}
	return a, nil
}
