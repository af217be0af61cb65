package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/containerd/platforms"
)

// answerPlatforms prints the platform of this process, then a line for every text it reads: the
// platform in three forms, or nothing if the text is none.
func answerPlatforms() {
	host := platforms.DefaultSpec()
	fmt.Printf("%s %s\n", host.OS, host.Architecture)
	for decoder := json.NewDecoder(os.Stdin); decoder.More(); {
		var text string
		if err := decoder.Decode(&text); err != nil {
			fmt.Println("cannot read the input:", err)
			os.Exit(1)
		}
		p, err := platforms.Parse(text)
		if err != nil {
			fmt.Printf("%q:\n", text)
			continue
		}
		normal := platforms.FormatAll(platforms.Normalize(p))
		fmt.Printf("%q: %q %q %q\n", text, platforms.Format(p), platforms.FormatAll(p), normal)
	}
}
