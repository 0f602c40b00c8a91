// The operators' custom resource definitions are taken from these modules; none of their code is
// built, so the checksums of the modules themselves are all that go.sum holds.
module groundwork/toolchain/operators

go 1.26.0

require (
	github.com/argoproj/argo-cd/v3 v3.5.7
	github.com/external-secrets/external-secrets v0.16.2
)
