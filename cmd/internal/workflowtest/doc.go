// Package workflowtest has tests of the jobs that init writes and of this repository's own.
// Its test files interpret workflows of GitHub Actions and pipelines of GitLab CI, and run
// their steps with a program that they build, against fakes of both forges.
package workflowtest
