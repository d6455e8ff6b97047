package demo

import "math/rand/v2"

// source is the facts' source, like the name of a source in config.toml.
const source = "demo"

var bots = []string{"renovate[bot]", "renovate[bot]", "dependabot[bot]"}

var titles = []string{
	"Fix rounding of totals", "Add retry to the client", "Show the reason of a refusal", "Speed up the search",
	"Remove the old endpoint", "Log the request id", "Validate input before saving", "Split the handler",
	"Cache the exchange rates", "Rename a column", "Handle an empty answer", "Raise the timeout",
	"Add a health check", "Move settings to the environment", "Test the error path", "Page through results",
}

var updates = []string{
	"Update dependency postgres to v16.4", "Update module grpc to v1.66", "Bump base image",
	"Update dependency react to v18.3",
	"Bump actions/checkout from 3 to 4", "Update lock file",
}

var symptoms = []string{
	"Error rate above threshold", "Checkout answers 500", "Latency p95 above 2 s", "Messages pile up",
	"Login fails for some users", "Wrong prices shown", "Job did not finish", "Memory keeps growing",
}

var strays = []string{
	"Certificate expired", "Disk full", "Supplier is down", "Network between zones", "Database failover",
}

var severities = []string{"1", "2", "2", "3", "3", "3"}

var fileNames = []string{"main.go", "handler.go", "store.go", "client.go", "config.yaml", "api.proto"}

func pick(r *rand.Rand, from []string) string { return from[r.IntN(len(from))] }
