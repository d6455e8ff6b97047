package github

import (
	"cmp"
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

// openDeployment is an unfinished deployment of a repository.
type openDeployment struct {
	t    *repository
	ref  collect.Ref
	node string // GraphQL id; "" if none was kept
}

// readUnfinished asks again for the deployments that may have got a status since they
// were read. GitHub does not list them as changed.
func (r *syncer) readUnfinished(ctx context.Context) error {
	if r.o.Full || !r.f.o.reads(ByEnvironments) {
		return nil
	}
	var all []openDeployment
	for _, t := range r.repositories {
		c := r.cursors[cursorKey{t.repo.ID, collect.Deployments}]
		nodes := markOf(c.Mark).Open
		if c.Rule != r.ruleOf(collect.Deployments, &t.repo) {
			continue // the whole list is read
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
		err := r.readAgain(ctx, all[:n])
		if errors.Is(err, errTooMuch) && size > 1 {
			size /= 2
			continue
		}
		if err != nil {
			return err
		}
		all = all[n:]
		r.reportProgress("unfinished deployments")
	}
	return nil
}

func isNumber(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// readAgain asks for some deployments by their ids and saves their present state.
func (r *syncer) readAgain(ctx context.Context, all []openDeployment) error {
	var ids []string
	var asked []openDeployment
	at := map[string]openDeployment{}
	for _, d := range all {
		if d.node == "" {
			node, err := r.findNode(ctx, d)
			if err != nil && isFatal(ctx, err) {
				return err
			}
			if err != nil {
				r.reportUnknown([]openDeployment{d}, err)
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
	a, err := r.client.sendQuery(ctx, query, len(all) == 1)
	if err == nil {
		err = json.Unmarshal(orNull(a.data["n"]), &found)
		if i := slices.IndexFunc(a.errors, func(e queryError) bool { return !e.isMissing() }); err == nil && i >= 0 {
			err = &a.errors[i]
			if a.errors[i].isExceeded() {
				return fmt.Errorf("%w: %w", errTooMuch, err)
			}
		}
	}
	if err == nil && len(found) != len(ids) {
		err = fmt.Errorf("%d of %d objects: %w", len(found), len(ids), errPage)
	}
	if err != nil {
		if isFatal(ctx, err) || errors.Is(err, errTooMuch) && len(all) > 1 {
			return err
		}
		r.reportUnknown(asked, err)
		return nil
	}
	r.client.pages++
	var b collect.Batch
	for _, q := range found {
		if q == nil {
			continue // deleted; what was collected stays
		}
		d, ok := at[formatNumber(q.ID)]
		if !ok {
			continue
		}
		if err := r.readStatuses(ctx, q); err != nil {
			if isFatal(ctx, err) {
				return err
			}
			r.reportUnknown([]openDeployment{d}, err)
			continue
		}
		b.Deployments = append(b.Deployments, r.keepAgain(d.t, q))
	}
	r.client.items += len(b.Deployments)
	if err := r.store.Put(ctx, r.f.name, b); err != nil {
		return fmt.Errorf("saving unfinished deployments: %w", err)
	}
	return nil
}

// findNode asks REST for the GraphQL id of a deployment whose id was not kept: GraphQL
// finds no deployment by its number. It returns "" if the deployment was deleted.
func (r *syncer) findNode(ctx context.Context, d openDeployment) (string, error) {
	var found struct {
		NodeID string `json:"node_id"`
	}
	_, err := r.client.getObject(ctx, "repos/"+d.t.repo.Name+"/deployments/"+d.ref.ID, &found)
	switch {
	case statusOf(err) == http.StatusNotFound:
		return "", nil
	case err == nil && found.NodeID == "":
		return "", fmt.Errorf("deployment %s: %w: no node_id", d.ref.ID, errPage)
	}
	return found.NodeID, err
}

// reportUnknown reports, once for each repository, unfinished deployments whose present state
// is unknown.
func (r *syncer) reportUnknown(all []openDeployment, err error) {
	from := map[string]time.Time{}
	for _, d := range all {
		if at, ok := from[d.t.repo.Name]; !ok || d.ref.At.Before(at) {
			from[d.t.repo.Name] = d.ref.At
		}
	}
	for _, name := range slices.Sorted(maps.Keys(from)) {
		r.addGap(name, from[name], "unfinished deployments could not be looked at again: "+oneLine(err.Error()),
			nextStep(collect.Deployments, err))
	}
}

// readStatuses reads the statuses of a deployment that has more than came along.
func (r *syncer) readStatuses(ctx context.Context, q *qDeployment) error {
	if q.Statuses == nil || !q.Statuses.PageInfo.HasNextPage {
		return nil
	}
	l := list[qStatus]{title: "statuses of a deployment", size: fullPage, id: func(s *qStatus) string { return s.ID }}
	found, err := readList(ctx, r.client, &l, func() (*connection[qStatus], error) {
		query := fmt.Sprintf("query { o: node(id: %s) { ... on Deployment { statuses(%s) { %s nodes { %s } } } } }",
			quoteText(q.NodeID), l.formatArgs(), pageFields, statusFields)
		var d *qDeployment
		if err := r.queryOwner(ctx, query, true, &d); err != nil || d == nil {
			return nil, cmp.Or(err, errPage)
		}
		return d.Statuses, nil
	})
	if err == nil {
		q.Statuses = &connection[qStatus]{Nodes: found}
	}
	return err
}

// readLongStatuses finishes the deployments of a repository that have more statuses than
// came along.
func (r *syncer) readLongStatuses(ctx context.Context, t *repository) error {
	for _, q := range t.long {
		if err := r.readStatuses(ctx, q); err != nil {
			if isFatal(ctx, err) {
				return err
			}
			t.giveUp(collect.Deployments, err)
			break
		}
		t.addDeployment(q.fact(t.repo.URL), q.NodeID, r.o.Window.To)
	}
	t.long = nil
	return nil
}

// keepAgain returns the row of a deployment that was read again. A finished one is removed from
// the open ones.
func (r *syncer) keepAgain(t *repository, q *qDeployment) collect.Kept[fact.Deployment] {
	d := q.fact(t.repo.URL)
	open := isUnfinished(&d, r.o.Window.To)
	if !open {
		r.open[t.repo.ID] = slices.DeleteFunc(r.open[t.repo.ID], func(ref collect.Ref) bool { return ref.ID == d.ID })
	}
	return keepDeployment(t.repo.ID, d, open)
}
