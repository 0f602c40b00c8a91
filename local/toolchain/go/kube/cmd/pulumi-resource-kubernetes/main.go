// Command pulumi-resource-kubernetes is the Pulumi Kubernetes provider.
//
// The main package of the provider's own module embeds generated files that
// its published module leaves out. The schema serves code generation only, so
// a name and a version are enough to run programs.
package main

import (
	"fmt"

	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/provider"
)

// version is set by the linker (-X main.version=4.34.2).
var version = "0.0.0"

func main() {
	schema := fmt.Sprintf(`{"name":"kubernetes","version":%q}`, version)
	provider.Serve("kubernetes", version, []byte(schema), []byte("{}"))
}
