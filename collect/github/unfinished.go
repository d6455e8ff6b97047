package github

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
)

// nodesAtOnce is how many objects GitHub gives by their ids in one query.
const nodesAtOnce = 100

// openDeployment is an unfinished deployment of a target.
type openDeployment struct {
	t    *target
	ref  collect.Ref
	node string // GraphQL id; "" if none was kept
}

// unfinished asks again for the deployments that may have got a status since they
// were read. GitHub does not list them as changed.
func (r *run) unfinished(ctx context.Context) error {
	if r.o.Full || !r.f.o.by(ByEnvironments) {
		return nil
	}
	var all []openDeployment
	for _, t := range r.targets {
		c := r.cursors[cursorKey{t.repo.ID, collect.Deployments}]
		nodes := markOf(c.Mark).Open
		if c.Rule != r.rule(collect.Deployments, &t.repo) {
			continue // read anew as a whole
		}
		for _, ref := range r.open[t.repo.ID] {
			if isNumber(ref.ID) {
				all = append(all, openDeployment{t, ref, nodes[ref.ID]})
			}
		}
	}
	size := nodesAtOnce
	for len(all) > 0 {
		n := min(size, len(all))
		err := r.reread(ctx, all[:n])
		if errors.Is(err, errTooMuch) && size > 1 {
			size /= 2
			continue
		}
		if err != nil {
			return err
		}
		all = all[n:]
		r.progress("unfinished deployments")
	}
	return nil
}

func isNumber(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// reread asks for some deployments by their ids and saves how they stand now.
func (r *run) reread(ctx context.Context, all []openDeployment) error {
	var ids []string
	var asked []openDeployment
	at := map[string]openDeployment{}
	for _, d := range all {
		if d.node == "" {
			node, err := r.findNode(ctx, d)
			if err != nil && fatal(ctx, err) {
				return err
			}
			if err != nil {
				r.stillUnknown([]openDeployment{d}, err)
			}
			if node == "" {
				continue
			}
			d.node = node
		}
		asked = append(asked, d)
		at[d.ref.ID] = d
		ids = append(ids, d.node)
	}
	if len(ids) == 0 {
		return nil
	}
	query := fmt.Sprintf("query { n: nodes(ids: %s) { ... on Deployment { %s } } }", quoteAll(ids), deploymentFields)
	var found []*qDeployment
	a, err := r.client.query(ctx, query, len(all) == 1)
	if err == nil {
		err = json.Unmarshal(orNull(a.data["n"]), &found)
		if i := slices.IndexFunc(a.errors, func(e queryError) bool { return !e.missing() }); err == nil && i >= 0 {
			err = &a.errors[i]
			if a.errors[i].exceeded() {
				return fmt.Errorf("%w: %w", errTooMuch, err)
			}
		}
	}
	if err == nil && len(found) != len(ids) {
		err = fmt.Errorf("%d of %d objects: %w", len(found), len(ids), errPage)
	}
	if err != nil {
		if fatal(ctx, err) || errors.Is(err, errTooMuch) && len(all) > 1 {
			return err
		}
		r.stillUnknown(asked, err)
		return nil
	}
	r.client.pages++
	var b collect.Batch
	for _, q := range found {
		if q == nil {
			continue // deleted; what was collected stays
		}
		d, ok := at[number(q.ID)]
		if !ok {
			continue
		}
		if err := r.allStatuses(ctx, q); err != nil {
			if fatal(ctx, err) {
				return err
			}
			r.stillUnknown([]openDeployment{d}, err)
			continue
		}
		b.Deployments = append(b.Deployments, r.reopened(d.t, q))
	}
	r.client.items += len(b.Deployments)
	if err := r.store.Put(ctx, r.f.name, b); err != nil {
		return fmt.Errorf("saving unfinished deployments: %w", err)
	}
	return nil
}

// findNode asks REST for the GraphQL id of a deployment whose id was not kept: GraphQL
// finds no deployment by its number. It returns "" if the deployment was deleted.
func (r *run) findNode(ctx context.Context, d openDeployment) (string, error) {
	var found struct {
		NodeID string `json:"node_id"`
	}
	_, err := r.client.get(ctx, "repos/"+d.t.repo.Name+"/deployments/"+d.ref.ID, &found)
	switch {
	case status(err) == http.StatusNotFound:
		return "", nil
	case err == nil && found.NodeID == "":
		return "", fmt.Errorf("deployment %s: %w: no node_id", d.ref.ID, errPage)
	}
	return found.NodeID, err
}

// stillUnknown reports, once for each repository, unfinished deployments of which it
// is not known how they stand.
func (r *run) stillUnknown(all []openDeployment, err error) {
	from := map[string]time.Time{}
	for _, d := range all {
		if at, ok := from[d.t.repo.Name]; !ok || d.ref.At.Before(at) {
			from[d.t.repo.Name] = d.ref.At
		}
	}
	for _, name := range slices.Sorted(maps.Keys(from)) {
		r.gap(name, from[name], "unfinished deployments could not be looked at again: "+oneLine(err.Error()),
			nextStep(collect.Deployments, err))
	}
}

// allStatuses reads the statuses of a deployment that has more than came along.
func (r *run) allStatuses(ctx context.Context, q *qDeployment) error {
	if q.Statuses == nil || !q.Statuses.PageInfo.HasNextPage {
		return nil
	}
	l := list[qStatus]{what: "statuses of a deployment", size: fullPage, id: func(s *qStatus) string { return s.ID }}
	for tries := 0; ; {
		query := fmt.Sprintf("query { d: node(id: %s) { ... on Deployment { statuses(%s) { totalCount pageInfo { "+
			"hasNextPage endCursor } nodes { %s } } } } }",
			quote(q.NodeID), l.args(), statusFields)
		a, err := r.client.query(ctx, query, true)
		if err != nil {
			return err
		}
		var d *qDeployment
		err = json.Unmarshal(orNull(a.data["d"]), &d)
		if err == nil && len(a.errors) > 0 {
			err = &a.errors[0]
		}
		if err == nil && d == nil {
			err = errPage
		}
		var found []*qStatus
		done := false
		if err == nil {
			found, done, err = l.page(d.Statuses)
		}
		if err != nil {
			if tries++; tries >= partTries {
				return err
			}
			continue
		}
		if tries = 0; len(l.seen) == len(found) {
			q.Statuses.Nodes = nil
		}
		q.Statuses.Nodes = append(q.Statuses.Nodes, found...)
		if done {
			q.Statuses.PageInfo.HasNextPage = false
			return nil
		}
	}
}

// longStatuses finishes the deployments of a target that have more statuses than
// came along.
func (r *run) longStatuses(ctx context.Context, t *target) error {
	for _, q := range t.long {
		if err := r.allStatuses(ctx, q); err != nil {
			if fatal(ctx, err) {
				return err
			}
			t.fail(collect.Deployments, err)
			break
		}
		t.addDeployment(q.fact(t.repo.URL), q.NodeID, r.o.Window.To)
	}
	t.long = nil
	return nil
}

// reopened is the row of a deployment that was read again. If it is finished, it is
// open no more.
func (r *run) reopened(t *target, q *qDeployment) collect.Kept[fact.Deployment] {
	d := q.fact(t.repo.URL)
	open := unfinished(&d, r.o.Window.To)
	if !open {
		r.open[t.repo.ID] = slices.DeleteFunc(r.open[t.repo.ID], func(ref collect.Ref) bool { return ref.ID == d.ID })
	}
	return keepDeployment(t.repo.ID, d, open)
}
