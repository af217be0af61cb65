// Command protodiff compares descriptors with BuildKit's own.
//
// It reads an encoded google.protobuf.FileDescriptorSet and prints every difference: a message,
// field, number, type, label, enum value or method that is missing, added or other. A map and a
// list of entries with the same key and value are the same on the wire, and so are equal here.
package main

import (
	"fmt"
	"io"
	"os"
	"slices"

	_ "github.com/moby/buildkit/frontend/gateway/pb"
	_ "github.com/moby/buildkit/solver/errdefs"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"
)

// packages are the ones that are described here.
var packages = []protoreflect.FullName{
	"errdefs", "fsutil.types", "google.rpc", "moby.buildkit.v1.apicaps",
	"moby.buildkit.v1.frontend", "moby.buildkit.v1.sourcepolicy", "moby.buildkit.v1.types", "pb",
}

// elsewhere are files of these packages that no frontend touches.
var elsewhere = []string{
	"github.com/tonistiigi/fsutil/types/wire.proto",
	"google/protobuf/go_features.proto",
	"google/rpc/code.proto",
	"google/rpc/error_details.proto",
}

func main() {
	data, err := io.ReadAll(os.Stdin)
	exitOn(err)
	var set descriptorpb.FileDescriptorSet
	exitOn(proto.Unmarshal(data, &set))
	files, err := protodesc.NewFiles(&set)
	exitOn(err)
	ours, theirs := describe(files), describe(protoregistry.GlobalFiles)
	differences := 0
	for _, name := range names(ours, theirs) {
		if ours[name] != theirs[name] {
			differences++
			fmt.Printf("%s: ours is %s, BuildKit's is %s\n", name, shown(ours[name]), shown(theirs[name]))
		}
	}
	if differences > 0 {
		os.Exit(1)
	}
	fmt.Printf("%d descriptors agree\n", len(theirs))
}

func exitOn(err error) {
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

func shown(text string) string {
	if text == "" {
		return "missing"
	}
	return text
}

func names(maps ...map[string]string) []string {
	all := []string{}
	for _, m := range maps {
		for name := range m {
			all = append(all, name)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

type registry interface {
	RangeFiles(func(protoreflect.FileDescriptor) bool)
}

// describe returns everything in the packages, by full name.
func describe(files registry) map[string]string {
	all := map[string]string{}
	files.RangeFiles(func(file protoreflect.FileDescriptor) bool {
		if !slices.Contains(packages, file.Package()) || slices.Contains(elsewhere, file.Path()) {
			return true
		}
		messages(all, file.Messages())
		enums(all, file.Enums())
		for i := range file.Services().Len() {
			service := file.Services().Get(i)
			for j := range service.Methods().Len() {
				m := service.Methods().Get(j)
				all[string(m.FullName())] = fmt.Sprintf("%s(stream %t) %s(stream %t)",
					m.Input().FullName(), m.IsStreamingClient(), m.Output().FullName(), m.IsStreamingServer())
			}
		}
		return true
	})
	return all
}

func enums(all map[string]string, list protoreflect.EnumDescriptors) {
	for i := range list.Len() {
		enum := list.Get(i)
		all[string(enum.FullName())] = "enum"
		for j := range enum.Values().Len() {
			value := enum.Values().Get(j)
			all[string(enum.FullName())+" "+string(value.Name())] = fmt.Sprint(value.Number())
		}
	}
}

func messages(all map[string]string, list protoreflect.MessageDescriptors) {
	for i := range list.Len() {
		message := list.Get(i)
		all[string(message.FullName())] = "message"
		entry := isEntry(message)
		for j := range message.Fields().Len() {
			f := message.Fields().Get(j)
			all[string(f.FullName())] = field(f, entry)
		}
		messages(all, message.Messages())
		enums(all, message.Enums())
	}
}

// isEntry tells whether a message is an entry of a map, or one of a list that stands for a map.
func isEntry(m protoreflect.MessageDescriptor) bool {
	if m.IsMapEntry() {
		return true
	}
	_, nested := m.Parent().(protoreflect.MessageDescriptor)
	key, value := m.Fields().ByName("key"), m.Fields().ByName("value")
	return nested && m.Fields().Len() == 2 && key != nil && value != nil
}

func field(f protoreflect.FieldDescriptor, entry bool) string {
	text := fmt.Sprintf("%d %s %s", f.Number(), f.Cardinality(), f.Kind())
	if f.IsPacked() {
		text += " packed"
	}
	if f.Message() != nil {
		text += " " + string(f.Message().FullName())
	}
	if f.Enum() != nil {
		text += " " + string(f.Enum().FullName())
	}
	if entry {
		// Presence of key and value is what makes a list of entries be written as Go's maps are.
		return text
	}
	if oneof := f.ContainingOneof(); oneof != nil {
		text += " in " + string(oneof.Name())
	}
	return text
}
